"""How we reach PostgreSQL, in one place: reads on our own pool, writes on SQLAlchemy sessions, both alike bounded."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from math import inf

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from models.db.pool import Pool
from models.db.query import count_statement
from server.config.settings import Settings
from server.db.connector import Connector

AT_ONCE = 5  # connections of a demonstration, of which an import takes four, however few a server is to have
COMMAND_TIMEOUT = 5.0  # seconds on our side of the wire, for a server that no longer answers at all


@dataclass(frozen=True, slots=True)
class Database:
    """The two ways to one PostgreSQL: `pool` for reads, `sessions` for writes."""

    pool: Pool
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]


@asynccontextmanager
async def open_database(dsn: str, settings: Settings, *, bounded: bool = True) -> AsyncIterator[Database]:
    """Open the database when first used, so that a server starts without it; `bounded=False` is for long work."""
    longest = COMMAND_TIMEOUT if bounded else None
    connector = Connector(dsn, settings, bounded=bounded)
    # On the pool, a timer for each statement would cost a tenth of it: the pool itself breaks off what takes too long.
    pool = Pool(connector.reading, settings.pool_size, settings.pool_wait, longest or inf)
    size = settings.pool_size if bounded else max(settings.pool_size, AT_ONCE)
    engine = create_engine(partial(connector.writing, longest), size, settings.pool_wait)
    try:
        yield Database(pool, engine, async_sessionmaker(engine, expire_on_commit=False))
    finally:
        await pool.close()
        await engine.dispose()


def create_engine(connect: Callable[[], Awaitable[asyncpg.Connection]], size: int, wait: float) -> AsyncEngine:
    """Create the engine that writes go through: so many connections, for which so many seconds are waited."""
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=size,
        max_overflow=0,
        pool_timeout=wait,
        pool_pre_ping=True,
        hide_parameters=True,  # errors go to the log, and what people wrote does not
    )
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *_: count_statement())
    return engine
