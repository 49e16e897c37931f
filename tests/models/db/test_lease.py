"""Connection lease: one connection from read to read, but none is kept while a read of the request waits."""

import asyncio
import random
from contextlib import suppress

import asyncpg
import pytest
from sqlalchemy import Integer, bindparam, func, select

from models.db.errors import DatabaseUnavailableError
from models.db.lease import ConnectionLease
from models.db.query import fetch
from tests.models.db.pools import MakePool, whole

BACKEND = select(func.pg_backend_pid().label("pid"), func.pg_sleep(bindparam("seconds", type_=Integer())))


async def backend(lease: ConnectionLease) -> int:
    """Return the server process of the connection that a read used."""
    (row,) = await fetch(lease, BACKEND, seconds=0)
    pid: int = row["pid"]
    return pid


async def test_next_read_keeps_the_connection_while_others_wait(make_pool: MakePool) -> None:
    pool = make_pool(1)
    with ConnectionLease(pool) as lease:
        first = await backend(lease)
        waiting = asyncio.create_task(pool.acquire())
        await asyncio.sleep(0)
        assert await backend(lease) == first
        assert not waiting.done()
    pool.release(await waiting)
    assert await whole(pool)


async def test_ended_lease_keeps_no_connection(make_pool: MakePool) -> None:
    pool = make_pool(1)
    with ConnectionLease(pool) as lease:
        await backend(lease)
        assert pool.in_use == 1
        lease.end()
        assert pool.in_use == 0
        await backend(lease)
        assert pool.in_use == 0


async def test_requests_with_parallel_reads_do_not_deadlock(make_pool: MakePool) -> None:
    pool = make_pool(2, wait=20)

    async def request() -> None:
        with ConnectionLease(pool) as lease:
            await backend(lease)
            await asyncio.gather(*(backend(lease) for _ in range(4)))
            await backend(lease)

    async with asyncio.timeout(20):
        await asyncio.gather(*(request() for _ in range(60)))
    assert pool.in_use == 0


async def test_broken_connection_of_a_lease_is_replaced(make_pool: MakePool, observer: asyncpg.Connection) -> None:
    pool = make_pool(1)
    with ConnectionLease(pool) as lease:
        first = await backend(lease)
        await observer.execute("SELECT pg_terminate_backend($1, 5000)", first)
        assert await backend(lease) != first
    assert await whole(pool)


@pytest.mark.parametrize("requests", [200, pytest.param(2_000, marks=pytest.mark.long)])
async def test_hundreds_of_cancelled_leases_leave_the_pool_whole(make_pool: MakePool, requests: int) -> None:
    pool = make_pool(3)
    moments = random.Random(5)

    async def request() -> None:
        with ConnectionLease(pool) as lease, suppress(DatabaseUnavailableError):
            for _ in range(3):
                await asyncio.gather(*(backend(lease) for _ in range(2)))

    for _ in range(requests // 20):
        tasks = [asyncio.create_task(request()) for _ in range(20)]
        await asyncio.sleep(moments.uniform(0, 0.01))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert await whole(pool)
