"""Behind PgBouncer in transaction mode, every command works and every limit holds as without it."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import func, select, text

from models.db.connection import ReadingConnection
from models.db.errors import DatabaseUnavailableError
from models.db.pooled_connection import PooledConnection
from models.db.query import fetch
from server.config.settings import Settings
from server.db.connector import BOUNDS
from server.db.database import Database, open_database
from tests.cast import add_cast
from tests.conftest import to_database
from tests.faults.serve_command import ServeCommands
from tests.models.db.pools import whole
from tests.schema.asking import post, token_of
from tests.server.cli.test_audit_commands import omaposti
from tests.server.db.pgbouncer import SERVERS, SKIPPED, pgbouncer, programs
from tests.server.mail.mail_server import mail_server
from tests.server.mail.messages import enqueued, statuses
from tests.server.mail.test_worker_killed import listening_for, started
from tests.usecases.drop.handover import SAMPLE
from usecases.drop.base.transactions import import_connection

ROUNDS = 12  # requests of each client
MESSAGES = 20
UPDATE = """mutation ($input: ProfileUpdateInput!) {
  profileUpdate(input: $input) { account { displayName } userErrors { code } } }"""


PROGRAMS: list[Any] = [*programs()] or [pytest.param("", marks=pytest.mark.skip(reason=SKIPPED))]


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pooled(program: str, database: Database, dsn: str) -> Iterator[str]:
    """Return the DSN of this worker's empty database through a PgBouncer."""
    with pgbouncer(program, dsn) as through:
        yield through


@pytest.fixture
async def opened_pooled(pooled: str) -> AsyncIterator[Database]:
    """Return the database as a server opens it through a PgBouncer."""
    async with open_database(pooled, Settings(database_url=pooled, pool_size=4)) as database:
        yield database


def settings_in_force() -> Any:
    return select(*(func.current_setting(name).label(name) for name in BOUNDS))


async def left_on_servers(pooled: str) -> set[tuple[int, str]]:
    """Return the named statements and the time limit that remain on each server connection of the pooler."""
    async with AsyncExitStack() as stack:
        clients = [await asyncpg.connect(pooled, statement_cache_size=0) for _ in range(SERVERS)]
        for client in clients:
            stack.push_async_callback(client.close)
            await stack.enter_async_context(client.transaction())  # each client now has its own server connection
        looks = "SELECT (SELECT count(*) FROM pg_prepared_statements), current_setting('statement_timeout')"
        return {tuple(await client.fetchrow(looks)) for client in clients}


async def test_two_servers_answer_reads_and_writes_through_a_pooler(
    database: Database, pooled: str, unused_tcp_port_factory: Callable[[], int]
) -> None:
    await add_cast(database)

    async def use(url: str, who: str) -> None:
        async with httpx.AsyncClient(base_url=url) as client:
            header = await token_of(client, who)
            for number in range(ROUNDS):
                read = await post(client, "{ me { version organizations { nodes { name } } } }", None, header)
                given = {"displayName": f"{who} {number}", "version": read.json()["data"]["me"]["version"]}
                answer = await post(client, UPDATE, {"input": given}, header)
                assert answer.json()["data"]["profileUpdate"]["account"] == {"displayName": f"{who} {number}"}

    people = ["member", "manager", "administrator", "support"]
    ports = unused_tcp_port_factory(), unused_tcp_port_factory()
    with ServeCommands(ports[0]) as one, ServeCommands(ports[1]) as other:
        for server in (one, other):
            await asyncio.to_thread(server.start, pooled)
        await asyncio.gather(*(use(url, who) for url, who in zip([one.url, other.url] * 2, people, strict=True)))
    assert await left_on_servers(pooled) == {(0, "0")}


@pytest.fixture
async def empty_dsn(server_dsn: str, worker_id: str) -> AsyncIterator[str]:
    """Return the DSN of a database without any table."""
    name = f"test_pooler_{worker_id}_{os.getpid()}"
    connection = await asyncpg.connect(server_dsn)
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield to_database(server_dsn, name)
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


async def test_every_command_works_through_a_pooler(
    program: str, empty_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = {
        "database migrate": 0,
        "database status": 0,
        "database check": 0,
        f"drop import {SAMPLE} --dry-run": 1,  # a row of the sample is rejected
        f"drop import {SAMPLE}": 1,
        "drop report": 0,
        "demo load": 0,
        "staff grant member@demo.example SUPPORT": 0,
        "account sign-out member@demo.example": 0,
        "account erase-due": 0,
        "mail doubtful": 0,
        "audit verify": 0,
    }
    monkeypatch.setenv("OMAPOSTI_DEMO", "1")
    monkeypatch.setenv("OMAPOSTI_ENVIRONMENT", "development")
    with pgbouncer(program, empty_dsn) as pooled:
        for command, code in commands.items():
            ran = omaposti(pooled, *command.split())
            assert (ran.returncode, "omaposti:" in ran.stderr) == (code, False), (command, ran.stdout, ran.stderr)
        told = omaposti(pooled, "audit", "verify", "--json")
        assert json.loads(told.stdout)["entries"] > 1
        assert await left_on_servers(pooled) == {(0, "0")}


async def test_two_workers_send_each_message_once_through_a_pooler(database: Database, pooled: str) -> None:
    for number in range(MESSAGES):
        await enqueued(database, f"liisa{number}@posti.example")
    async with mail_server() as mails:
        workers = [await started(pooled, mails) for _ in range(2)]
        async with asyncio.timeout(60):
            while set(await statuses(database)) != {"SENT"}:  # noqa: ASYNC110 - the database has no event for it
                await asyncio.sleep(0.05)
        for worker in workers:
            await listening_for(signal.SIGTERM, worker)
            worker.send_signal(signal.SIGTERM)
            assert await worker.wait() == 0
    assert (len(mails.mails), mails.doubles) == (MESSAGES, [])


async def test_an_import_excludes_another_through_a_pooler(opened_pooled: Database, pooled: str) -> None:
    async with import_connection(opened_pooled.engine, dry_run=False):
        ran = await asyncio.to_thread(omaposti, pooled, "drop", "import", str(SAMPLE))
        assert (ran.returncode, "another import is running" in ran.stderr) == (1, True), ran.stderr
    ran = await asyncio.to_thread(omaposti, pooled, "drop", "import", str(SAMPLE))
    assert "another import is running" not in ran.stderr


async def test_time_limits_stay_with_our_connections_behind_a_pooler(opened_pooled: Database, pooled: str) -> None:
    (row,) = await fetch(opened_pooled.pool, settings_in_force())
    async with opened_pooled.sessions.begin() as db:
        written = (await db.execute(settings_in_force())).one()
    wanted = {"statement_timeout": "3s", "lock_timeout": "1s", "idle_in_transaction_session_timeout": "5s"}
    assert dict(row) == written._asdict() == wanted
    assert await left_on_servers(pooled) == {(0, "0")}


async def test_a_locked_table_stops_a_pooled_read_and_keeps_its_connection(opened_pooled: Database, dsn: str) -> None:
    locking = await asyncpg.connect(dsn)
    await fetch(opened_pooled.pool, text("SELECT count(*) FROM services"))
    before = await opened_pooled.pool.acquire()
    opened_pooled.pool.release(before)
    async with locking.transaction():
        await locking.execute("LOCK TABLE services")
        with pytest.raises(DatabaseUnavailableError, match="lock timeout"):
            await fetch(opened_pooled.pool, text("SELECT count(*) FROM services"))
    await locking.close()
    connection = await opened_pooled.pool.acquire()
    assert connection is before, "it is idle again, and not broken off"
    opened_pooled.pool.release(connection)
    assert await whole(opened_pooled.pool)


async def test_a_pooled_statement_follows_its_table(opened_pooled: Database, dsn: str) -> None:
    owner = await asyncpg.connect(dsn)
    await owner.execute("CREATE TABLE things AS SELECT 7 AS id")
    try:
        found = [await fetch(opened_pooled.pool, text("SELECT * FROM things"))]
        await owner.execute("ALTER TABLE things ADD COLUMN name text DEFAULT 'one'")
        found.append(await fetch(opened_pooled.pool, text("SELECT * FROM things")))
        assert [tuple(row) for rows in found for row in rows] == [(7,), (7, "one")]
    finally:
        await owner.execute("DROP TABLE things")
        await owner.close()


@pytest.mark.parametrize(
    ("through", "setting", "kind"),
    [
        ("PostgreSQL", "detect", ReadingConnection),
        ("pooler", "detect", PooledConnection),
        ("PostgreSQL", "transaction", PooledConnection),
        ("pooler", "transaction", PooledConnection),
    ],
)
async def test_a_pooler_is_detected_unless_set(dsn: str, pooled: str, through: str, setting: Any, kind: type) -> None:
    address = pooled if through == "pooler" else dsn
    async with open_database(address, Settings(database_url=address, database_pooler=setting)) as opened:
        await fetch(opened.pool, settings_in_force())
        assert type(await opened.pool.acquire()) is kind


async def test_a_pooler_set_to_none_refuses_unbounded_connections(pooled: str) -> None:
    async with open_database(pooled, Settings(database_url=pooled, database_pooler="none")) as opened:
        with pytest.raises(DatabaseUnavailableError, match="unsupported startup parameter"):
            await fetch(opened.pool, settings_in_force())
