"""A lifetime stops an overdue block, distinguishes its own cancellation, and returns its lease."""

import asyncio

import pytest
from sqlalchemy import func, select

from models.db.errors import DatabaseUnavailableError
from models.db.lease import ConnectionLease
from models.db.query import fetch
from server.db.database import Database
from server.http.body import body_overdue
from server.http.lifetime import Lifetime
from server.http.responses import RequestError

SLOW = select(func.pg_sleep(10))
QUICK = select(func.pg_sleep(0))


async def test_overdue_block_ends_in_timeout() -> None:
    with pytest.raises(TimeoutError), Lifetime(0.01):
        await asyncio.sleep(10)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_block_in_time_goes_on() -> None:
    with Lifetime(0.3):
        await asyncio.sleep(0)
    await asyncio.sleep(0.4)  # the deadline passes after the block, and cancels nothing


async def test_nearer_of_two_deadlines_counts() -> None:
    with Lifetime(10):
        with pytest.raises(TimeoutError), Lifetime(0.01):
            await asyncio.sleep(5)
        await asyncio.sleep(0)


async def test_error_of_block_passes_through() -> None:
    with pytest.raises(KeyError), Lifetime(5):
        raise KeyError


async def test_cancellation_by_another_is_no_timeout() -> None:
    begun = asyncio.Event()

    async def block() -> None:
        with Lifetime(10):
            begun.set()
            await asyncio.sleep(10)

    task = asyncio.create_task(block())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_block_cancelled_by_both_is_cancelled() -> None:
    begun = asyncio.Event()
    lifetime = Lifetime(10)

    async def block() -> None:
        with lifetime:
            begun.set()
            await asyncio.sleep(10)

    task = asyncio.create_task(block())
    await begun.wait()
    lifetime.stop(TimeoutError())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_overdue_phase_ends_in_its_own_fault(database: Database) -> None:
    with pytest.raises(RequestError, match="body did not arrive"), Lifetime(0.01, body_overdue):
        await asyncio.sleep(10)
    with pytest.raises(TimeoutError), Lifetime(10, body_overdue) as lifetime:
        lifetime.begin_operation(0.01)
        await asyncio.sleep(10)
    with pytest.raises(DatabaseUnavailableError, match="session was not read"), Lifetime(0.01) as lifetime:
        lifetime.reading_session(database.pool)
        await asyncio.sleep(10)
    with pytest.raises(TimeoutError), Lifetime(0.01) as lifetime:
        lifetime.reading_session(database.pool)
        lifetime.executing(changes=False)
        await asyncio.sleep(10)


async def test_query_keeps_its_connection_until_the_block_ends(database: Database) -> None:
    with Lifetime(10) as lifetime:
        lease = lifetime.reading_session(database.pool)
        await fetch(lease, QUICK)
        source = lifetime.executing(changes=False)
        assert isinstance(source, ConnectionLease)
        await fetch(source, QUICK)
        assert database.pool.in_use == 1
    assert database.pool.in_use == 0


async def test_mutation_gives_its_connection_back_at_once(database: Database) -> None:
    with Lifetime(10) as lifetime:
        await fetch(lifetime.reading_session(database.pool), QUICK)
        assert lifetime.executing(changes=True) is None
        assert database.pool.in_use == 0


async def test_overdue_read_gives_its_connection_back(database: Database) -> None:
    with pytest.raises(DatabaseUnavailableError), Lifetime(0.1) as lifetime:
        await fetch(lifetime.reading_session(database.pool), SLOW)
    assert database.pool.in_use == 0
