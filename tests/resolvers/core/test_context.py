"""Transaction of an action: all or nothing, and its connection returns intact even if the request is cancelled."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.passwords.hashing import PasswordWork
from models.audit import AuditEntry
from models.db.errors import ContendedError, DatabaseUnavailableError
from resolvers.core.context import RequestContext
from server.db.database import Database
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.resources import Resources


@pytest.fixture
async def context(database: Database) -> AsyncIterator[RequestContext]:
    passwords = PasswordWork()
    yield RequestContext(Resources(database.pool, database.sessions, passwords))
    passwords.close()


@pytest.fixture
async def observer(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def recorded(database: Database) -> int:
    async with database.sessions() as db:
        return await db.scalar(select(func.count()).select_from(AuditEntry)) or 0


async def action(context: RequestContext, seconds: float = 0.0, fault: Exception | None = None) -> None:
    """Write one audit entry, take a while, and fail if told so."""
    async with context.transaction() as db:
        write_audit(db, Actor(name="test"), AuditRecord(Action.PROFILE_UPDATE))
        await db.flush()
        await db.execute(text(f"SELECT pg_sleep({seconds})"))
        if fault is not None:
            raise fault


async def test_transaction_commits_on_success_and_rolls_back_on_failure(
    context: RequestContext, database: Database
) -> None:
    await action(context)
    with pytest.raises(KeyError):
        await action(context, fault=KeyError("ours"))
    assert await recorded(database) == 1


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.long)])
async def test_b67_an_action_cut_off_is_undone_and_said_to_be_unavailable(
    context: RequestContext, database: Database, observer: asyncpg.Connection, count: int
) -> None:
    for number in range(count):
        seconds = 2 + number / 100  # identifies this sleeper among others
        cut = asyncio.create_task(action(context, seconds))
        await observer.fetch("SELECT pg_terminate_backend($1, 2000)", await _sleeper(observer, seconds))
        with pytest.raises(DatabaseUnavailableError):
            await cut
    assert await recorded(database) == 0
    async with asyncio.timeout(1):
        await asyncio.gather(*(action(context) for _ in range(8)))
    assert await recorded(database) == 8
    assert _in_use(database.engine) == 0


async def _sleeper(observer: asyncpg.Connection, seconds: float) -> int:
    """Wait until a connection to this database sleeps so long, and return its process."""
    ours = "datname = current_database() AND state = 'active' AND query = $1"
    asleep = f"SELECT pid FROM pg_stat_activity WHERE {ours}"
    async with asyncio.timeout(2):
        while not (pid := await observer.fetchval(asleep, f"SELECT pg_sleep({seconds})")):  # noqa: ASYNC110 - the database has no event for it
            await asyncio.sleep(0.005)
    found: int = pid
    return found


@pytest.mark.parametrize("statement", ["SELECT pg_sleep(10)", "SELECT 1 FROM services FOR UPDATE"])
async def test_an_action_that_waits_too_long_is_said_to_be_unavailable(
    context: RequestContext, observer: asyncpg.Connection, statement: str
) -> None:
    async with observer.transaction():
        await observer.execute("LOCK TABLE services IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(DatabaseUnavailableError):
            async with context.transaction() as db:
                await db.execute(text("SET LOCAL statement_timeout = 300"))
                await db.execute(text(statement))


async def test_a_deadlock_is_said_to_be_unavailable(context: RequestContext) -> None:
    """It was answered as INTERNAL, as if the server were broken, although the caller may retry."""
    both_hold = asyncio.Barrier(2)

    async def lock(first: str, second: str) -> None:
        async with context.transaction() as db:
            await db.execute(text("SET LOCAL deadlock_timeout = '20ms'"))
            await db.execute(text(f"SELECT 1 FROM services WHERE code = '{first}' FOR UPDATE"))
            await both_hold.wait()
            await db.execute(text(f"SELECT 1 FROM services WHERE code = '{second}' FOR UPDATE"))

    ends = await asyncio.gather(lock("EXTRANET", "PRINETTI"), lock("PRINETTI", "EXTRANET"), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["ContendedError", "NoneType"]


async def test_a_serialization_error_is_said_to_be_unavailable(
    context: RequestContext, observer: asyncpg.Connection
) -> None:
    rename = "UPDATE services SET name_en = name_en WHERE code = 'PRINETTI'"
    with pytest.raises(ContendedError):
        async with context.transaction() as db:
            await db.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            await db.execute(text("SELECT 1 FROM services"))
            await observer.execute(rename)
            await db.execute(text(rename))


async def test_fault_of_a_statement_is_no_outage(context: RequestContext) -> None:
    with pytest.raises(ProgrammingError, match="no_such_table"):
        async with context.transaction() as db:
            await db.execute(text("SELECT * FROM no_such_table"))


@pytest.mark.parametrize("count", [100, pytest.param(2_000, marks=pytest.mark.long)])
async def test_actions_cancelled_at_any_moment_leave_nothing_half_done(
    context: RequestContext, database: Database, observer: asyncpg.Connection, count: int
) -> None:
    chance, done = random.Random(count), 0

    async def attempt() -> None:
        nonlocal done
        await asyncio.sleep(chance.random() * count / 200)
        with suppress(TimeoutError, DatabaseUnavailableError):
            async with asyncio.timeout(chance.choice((chance.random() / 20, None))):
                await action(context, seconds=chance.random() / 100)
                done += 1

    await asyncio.gather(*(attempt() for _ in range(count)))
    assert 0 < done < count
    # A commit cancelled before its answer may still have happened; an answered one is never lost.
    assert await recorded(database) >= done
    assert _in_use(database.engine) == 0
    open_ = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%'"
    async with asyncio.timeout(5):
        while await observer.fetchval(open_):  # noqa: ASYNC110 - the server notices in its own time
            await asyncio.sleep(0.01)
    await asyncio.gather(*(action(context) for _ in range(8)))


def _in_use(engine: AsyncEngine) -> int:
    in_use: int = engine.pool.checkedout()  # type: ignore[attr-defined] # attribute of the pool that we configure
    return in_use
