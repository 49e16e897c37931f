"""Pools of real connections, a connection beside them, and a database that can be migrated."""

from collections.abc import AsyncIterator, Awaitable

import asyncpg
import pytest

from models.db.connection import ReadingConnection
from models.db.pool import Pool
from server.config.settings import Settings
from server.db.database import Database, open_database
from tests.conftest import to_database
from tests.models.db.pools import NAME, MakePool


@pytest.fixture
async def make_pool(dsn: str) -> AsyncIterator[MakePool]:
    """Return a factory of pools of real connections to this worker's database."""
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
    """Yield a connection beside the pool, for observing and breaking it."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


@pytest.fixture
async def separate(server_dsn: str, worker_id: str) -> AsyncIterator[Database]:
    """Yield a separate database without any table."""
    name = f"test_migration_{worker_id}"
    connection = await asyncpg.connect(server_dsn)
    await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    async with open_database(to_database(server_dsn, name), Settings(), bounded=False) as database:
        yield database
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()
