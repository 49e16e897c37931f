"""Pool: first come, first served, with a bounded wait, and whole again after any end of its borrowers."""

import asyncio
import random
import time
from contextlib import suppress

import asyncpg
import pytest
from sqlalchemy import text

from models.db.errors import DatabaseUnavailableError
from models.db.pool import Pool, PoolExhaustedError
from models.db.query import fetch
from tests.models.db.pools import MakePool, backends, whole


async def test_connections_are_opened_when_needed_and_lent_again(
    make_pool: MakePool, observer: asyncpg.Connection
) -> None:
    pool = make_pool(3)
    assert await backends(observer) == 0
    for _ in range(5):
        connection = await pool.acquire()
        assert (pool.in_use, await connection.fetchval("SELECT 1")) == (1, 1)
        pool.release(connection)
    assert (pool.in_use, await backends(observer)) == (0, 1)


async def test_longest_waiter_is_served_first(make_pool: MakePool) -> None:
    pool = make_pool(1)
    served: list[int] = []
    connection = await pool.acquire()

    async def borrow(number: int) -> None:
        borrowed = await pool.acquire()
        served.append(number)
        await borrowed.fetchval("SELECT 1")
        pool.release(borrowed)

    waiting = []
    for number in range(20):
        waiting.append(asyncio.create_task(borrow(number)))
        await asyncio.sleep(0)  # so that they queue in this order
    pool.release(connection)
    newcomer = asyncio.create_task(borrow(20))
    await asyncio.gather(*waiting, newcomer)
    assert served == list(range(21))


async def test_wait_is_bounded_and_its_error_tells_the_remedy(make_pool: MakePool) -> None:
    pool = make_pool(1, wait=0.2)
    connection = await pool.acquire()
    began = time.monotonic()
    with pytest.raises(PoolExhaustedError, match="try again shortly"):
        await pool.acquire()
    assert 0.15 < time.monotonic() - began < 5
    pool.release(connection)
    assert await whole(pool)


async def test_cancelled_waiter_is_skipped(make_pool: MakePool) -> None:
    pool = make_pool(1, wait=5)
    connection = await pool.acquire()
    waiting = [asyncio.create_task(pool.acquire()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    pool.release(connection)
    waiting[1].cancel()  # in the moment of its turn
    assert await waiting[2] is connection
    assert all(task.cancelled() for task in waiting[:2])
    pool.release(connection)
    assert pool.in_use == 0


async def test_a_connection_the_server_has_ended_is_replaced(make_pool: MakePool, observer: asyncpg.Connection) -> None:
    pool = make_pool(2)
    in_use = [await pool.acquire() for _ in range(2)]
    ended = [connection.get_server_pid() for connection in in_use]
    pool.release(in_use[0])
    for pid in ended:
        await observer.execute("SELECT pg_terminate_backend($1, 2000)", pid)
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError)):
        await in_use[1].fetchval("SELECT 1")
    pool.release(in_use[1])
    assert await whole(pool)


async def test_a_transaction_left_open_is_not_lent_to_the_next(
    make_pool: MakePool, observer: asyncpg.Connection
) -> None:
    pool = make_pool(1)
    connection = await pool.acquire()
    await connection.execute("BEGIN")
    pool.release(connection)
    assert connection.is_closed()
    assert await whole(pool)
    assert await backends(observer, "idle in transaction%") == 0


async def test_waiter_gets_the_error_when_no_connection_opens() -> None:
    async def refuse() -> asyncpg.Connection:
        await asyncio.sleep(0)
        raise ConnectionRefusedError("nobody listens there")

    pool = Pool(refuse, 1, 5)
    results = await asyncio.gather(*(pool.acquire() for _ in range(10)), return_exceptions=True)
    assert [type(result) for result in results] == [ConnectionRefusedError] * 10
    assert pool.in_use == 0


async def test_closing_idle_connections_makes_room_for_new_ones(make_pool: MakePool) -> None:
    pool = make_pool(2)
    connections = [await pool.acquire() for _ in range(2)]
    for connection in connections:
        pool.release(connection)
    pool.close_idle()
    assert all(connection.is_closed() for connection in connections)
    assert await whole(pool)


@pytest.mark.parametrize("count", [500, pytest.param(2_000, marks=pytest.mark.long)])
async def test_the_pool_is_whole_after_many_were_cancelled_at_random(
    make_pool: MakePool, observer: asyncpg.Connection, count: int
) -> None:
    pool, chance = make_pool(3, wait=0.5), random.Random(count)
    tasks = [asyncio.create_task(_cancelled(pool, chance.random() / 50, chance.random() / 50)) for _ in range(count)]
    await asyncio.gather(*tasks)
    assert pool.in_use == 0
    assert await whole(pool)
    assert await backends(observer, "idle in transaction%") == 0
    async with asyncio.timeout(5):
        while await backends(observer) > pool.size:  # noqa: ASYNC110 - the server notices in its own time
            await asyncio.sleep(0.01)


async def _cancelled(pool: Pool, query_seconds: float, seconds: float) -> None:
    """Run a slow query, and cancel it after `seconds`, at any stage."""
    await asyncio.sleep(seconds * 20)
    with suppress(TimeoutError, DatabaseUnavailableError):
        async with asyncio.timeout(seconds):
            await fetch(pool, text(f"SELECT pg_sleep({query_seconds})"))


async def test_others_are_served_while_many_are_cancelled(make_pool: MakePool) -> None:
    pool, chance = make_pool(3, wait=2), random.Random(3)
    storm = [asyncio.create_task(_cancelled(pool, 0.01, chance.random() / 50)) for _ in range(60)]
    for number in range(20):
        (row,) = await fetch(pool, text(f"SELECT {number} AS number"))
        assert row["number"] == number, "an answer meant for another"
    await asyncio.gather(*storm)
    assert await whole(pool)
