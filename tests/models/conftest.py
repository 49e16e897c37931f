"""Pools of real connections, and a connection beside them."""

from collections.abc import AsyncIterator, Awaitable

import asyncpg
import pytest

from models.connection import ReadingConnection
from models.pool import Pool
from tests.models.pools import NAME, MakePool


@pytest.fixture
async def make_pool(dsn: str) -> AsyncIterator[MakePool]:
    """Return what makes a pool of real connections to this worker's database."""
    made: list[Pool] = []

    def make(size: int = 2, wait: float = 1.0) -> Pool:
        def connect() -> Awaitable[asyncpg.Connection]:
            opening: Awaitable[asyncpg.Connection] = asyncpg.connect(
                dsn, server_settings={"application_name": NAME}, connection_class=ReadingConnection
            )
            return opening

        made.append(Pool(connect, size, wait))
        return made[-1]

    yield make
    for pool in made:
        await pool.close()


@pytest.fixture
async def observer(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Return a connection beside the pool, for looking and for breaking."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()
