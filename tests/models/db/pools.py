"""State of a pool under test, and of its connections in the server."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from models.db.pool import Pool, PoolExhaustedError

NAME = "pool-under-test"
MakePool = Callable[..., Pool]


async def whole(pool: Pool) -> bool:
    """Return whether every connection of the pool can be lent at once and works."""
    assert pool.in_use == 0
    connections = [await pool.acquire() for _ in range(pool.size)]
    answers = [await connection.fetchval("SELECT 1") for connection in connections]
    with pytest.raises(PoolExhaustedError):
        await asyncio.wait_for(pool.acquire(), pool.size + 5)
    for connection in connections:
        pool.release(connection)
    return answers == [1] * pool.size and pool.in_use == 0


async def backends(observer: asyncpg.Connection, state: str = "%") -> int:
    """Return the number of the pools' connections that the server has in that state."""
    ours = "datname = current_database() AND application_name = $1 AND state LIKE $2"
    count: int = await observer.fetchval(f"SELECT count(*) FROM pg_stat_activity WHERE {ours}", NAME, state)
    return count
