"""Servers and migrations that start at the same time on a new database all succeed."""

import asyncio
import sys
from collections.abc import Callable

import asyncpg
import pytest
from sqlalchemy import func, select

from models.account import Account
from models.audit import AuditEntry
from server.config.settings import Settings
from server.db.database import open_database
from server.db.revision import newest_revision, revision_of
from tests.conftest import PROJECT
from tests.faults.serve_command import ServeCommands
from tests.server.cli.test_revisions import unmigrated
from tests.server.cli.test_serve_command import environment
from usecases.demo import CROWD, PEOPLE

__all__ = ["unmigrated"]

DEMO = {"OMAPOSTI_DEMO": "1"}


@pytest.fixture
def unused_tcp_ports(unused_tcp_port_factory: Callable[[], int]) -> list[int]:
    return [unused_tcp_port_factory() for _ in range(2)]


async def made_empty(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()


async def both_come_up(dsn: str, ports: list[int]) -> None:
    with ServeCommands(ports[0], **DEMO) as one, ServeCommands(ports[1], **DEMO) as other:
        await asyncio.gather(*(asyncio.to_thread(server.start, dsn) for server in (one, other)))
        assert [entry for server in (one, other) for entry in server.logged() if entry.get("level") == "error"] == []
    async with open_database(dsn, Settings()) as database, database.sessions() as db:
        cast = select(func.count()).where(Account.email_key.like("%@demo.example"))
        loads = select(func.count()).where(AuditEntry.action == "demo.load")
        assert (await db.scalar(cast), await db.scalar(loads)) == (len(PEOPLE | CROWD), 1)


async def migrated(dsn: str) -> tuple[int | None, str]:
    """Migrate in a process of its own, because forked commands run one after the other."""
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-c", "from server.cli.main import run; run()", "database", "migrate"],
        env=environment(dsn, 0, OMAPOSTI_ENVIRONMENT="development"),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


async def all_migrate(dsn: str, processes: int) -> None:
    ends = await asyncio.gather(*(migrated(dsn) for _ in range(processes)))
    assert ends == [(0, f"The database is at revision {newest_revision()}.\n")] * processes
    async with open_database(dsn, Settings()) as database:
        assert await revision_of(database.pool) == newest_revision()


async def test_two_demos_started_at_once_both_serve(unmigrated: str, unused_tcp_ports: list[int]) -> None:
    await both_come_up(unmigrated, unused_tcp_ports)


async def test_two_migrations_at_once_both_succeed(unmigrated: str) -> None:
    await all_migrate(unmigrated, 2)


@pytest.mark.long
async def test_demos_started_at_once_serve_each_time(unmigrated: str, unused_tcp_ports: list[int]) -> None:
    for _ in range(10):
        await both_come_up(unmigrated, unused_tcp_ports)
        await made_empty(unmigrated)


@pytest.mark.long
async def test_migrations_at_once_succeed_each_time(unmigrated: str) -> None:
    for _ in range(25):
        await all_migrate(unmigrated, 4)
        await made_empty(unmigrated)
