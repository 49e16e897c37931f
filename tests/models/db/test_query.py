"""Reads: repeated once after a lost connection; a slow or absent database is reported as such."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import asyncpg
import pytest
from sqlalchemy import Integer, bindparam, column, literal, select, text

from models.db.connection import ReadingConnection
from models.db.errors import DatabaseUnavailableError
from models.db.pool import Pool
from models.db.query import TALLY, Tally, fetch, labelled
from models.service import Service

PID = text("SELECT pg_backend_pid() AS pid")


async def opened(dsn: str, **settings: object) -> asyncpg.Connection:
    return await asyncpg.connect(dsn, connection_class=ReadingConnection, **settings)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    made = Pool(lambda: opened(dsn, server_settings={"statement_timeout": "300"}), 2, 1.0)
    yield made
    await made.close()


@pytest.fixture
def tally() -> Tally:
    """Return the count of this test's statements."""
    TALLY.set(Tally())
    return TALLY.get()


async def pid_of(pool: Pool) -> int:
    (row,) = await fetch(pool, PID)
    pid: int = row["pid"]
    return pid


async def test_a_read_names_its_parameters_and_labels_its_columns(pool: Pool) -> None:
    number = bindparam("number", type_=Integer())
    statement = select(*labelled("service", Service.code), (number + literal(1)).label("next"))
    rows = await fetch(pool, statement.where(Service.code == "EXTRANET"), number=41)
    assert [dict(row) for row in rows] == [{"service_code": "EXTRANET", "next": 42}]


async def test_a_read_is_counted_once(pool: Pool, tally: Tally) -> None:
    await pid_of(pool)
    assert tally.statements == 1


async def test_b74_a_read_that_lost_its_connection_is_tried_again_on_a_new_one(
    pool: Pool, observer: asyncpg.Connection, tally: Tally
) -> None:
    former = await pid_of(pool)
    await observer.execute("SELECT pg_terminate_backend($1, 2000)", former)
    assert await pid_of(pool) != former
    assert pool.in_use == 0
    assert tally.statements <= 3


async def test_read_cut_off_in_the_middle_is_answered(pool: Pool, observer: asyncpg.Connection, tally: Tally) -> None:
    first = asyncio.create_task(fetch(pool, text("SELECT pg_sleep(0.2), pg_backend_pid() AS pid")))
    pid = await pid_of_the_sleeper(observer)
    await observer.execute("SELECT pg_terminate_backend($1, 2000)", pid)
    (row,) = await first
    assert row["pid"] != pid
    assert tally.statements == 2
    assert pool.in_use == 0


async def pid_of_the_sleeper(observer: asyncpg.Connection) -> int:
    """Wait until a connection to this database sleeps in a statement, and return its process."""
    ours = "datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep(0.2)%'"
    asleep = f"SELECT pid FROM pg_stat_activity WHERE {ours}"
    async with asyncio.timeout(2):
        while not (pid := await observer.fetchval(asleep)):  # noqa: ASYNC110 - the database has no event for it
            await asyncio.sleep(0.005)
    found: int = pid
    return found


async def test_loss_of_one_connection_closes_the_idle_ones(pool: Pool, observer: asyncpg.Connection) -> None:
    pids = {row["pid"] for rows in await asyncio.gather(*(fetch(pool, PID) for _ in range(2))) for row in rows}
    assert len(pids) == 2
    reading = asyncio.create_task(fetch(pool, text("SELECT pg_sleep(0.2)")))
    await observer.execute("SELECT pg_terminate_backend($1, 2000)", await pid_of_the_sleeper(observer))
    await reading
    found = await asyncio.gather(*(pid_of(pool) for _ in range(10)))
    assert pids.isdisjoint(found)


async def test_absent_database_is_reported_as_unavailable(tally: Tally) -> None:
    tries = 0

    def connect() -> Awaitable[asyncpg.Connection]:
        nonlocal tries
        tries += 1
        return opened("postgresql://nobody@127.0.0.1:1/nothing")

    pool = Pool(connect, 2, 1.0)
    with pytest.raises(DatabaseUnavailableError):
        await fetch(pool, PID)
    assert (tries, pool.in_use) == (2, 0)


async def test_slow_statement_is_reported_and_not_repeated(pool: Pool, tally: Tally) -> None:
    with pytest.raises(DatabaseUnavailableError, match="statement timeout"):
        await fetch(pool, text("SELECT pg_sleep(5)"))
    assert (tally.statements, pool.in_use) == (1, 0)
    assert await pid_of(pool)


async def test_silent_server_is_given_up(dsn: str, tally: Tally) -> None:
    pool = Pool(lambda: opened(dsn), 1, 1.0, max_lease_seconds=0.2)
    former = await pid_of(pool)
    with pytest.raises(DatabaseUnavailableError):
        await fetch(pool, text("SELECT pg_sleep(5)"))
    assert tally.statements == 2
    assert await pid_of(pool) != former, "the late answer reaches no reader"
    await pool.close()


async def test_long_wait_for_a_lock_is_reported_as_slow(dsn: str, observer: asyncpg.Connection) -> None:
    pool = Pool(lambda: opened(dsn, server_settings={"lock_timeout": "100"}), 1, 1.0)
    async with observer.transaction():
        await observer.execute("LOCK TABLE services IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(DatabaseUnavailableError, match="lock timeout"):
            await fetch(pool, select(Service.code))
    assert await fetch(pool, select(Service.code))
    await pool.close()


async def test_full_pool_is_reported_as_full(dsn: str) -> None:
    pool = Pool(lambda: opened(dsn), 1, 0.1)
    connection = await pool.acquire()
    with pytest.raises(DatabaseUnavailableError, match="no database connection came free"):
        await fetch(pool, PID)
    pool.release(connection)
    assert await pid_of(pool)
    await pool.close()


async def test_faulty_statement_is_not_reported_as_unavailable(pool: Pool, tally: Tally) -> None:
    with pytest.raises(asyncpg.UndefinedColumnError):
        await fetch(pool, select(column("no_such_column")))
    with pytest.raises(asyncpg.DataError):
        await fetch(pool, select(bindparam("number", type_=Integer()).label("n")), number="text")
    assert tally.statements == 2
    assert await pid_of(pool)
