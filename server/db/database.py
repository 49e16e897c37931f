"""Access to PostgreSQL: reads on our own pool, writes on SQLAlchemy sessions, with the same limits."""

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

AT_ONCE = 5  # minimum of connections for commands; an import needs four
COMMAND_TIMEOUT = 5.0  # seconds; the client's own limit, for a server that no longer answers


@dataclass(frozen=True, slots=True)
class Database:
    """The two ways to one PostgreSQL: `pool` for reads, `sessions` for writes."""

    pool: Pool
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]


@asynccontextmanager
async def open_database(dsn: str, settings: Settings, *, bounded: bool = True) -> AsyncIterator[Database]:
    """Open the database on first use, so that a server starts without it; `bounded=False` is for long commands."""
    longest = COMMAND_TIMEOUT if bounded else None
    connector = Connector(dsn, settings, bounded=bounded)
    # The pool terminates slow statements itself; asyncpg's timer for each would cost a tenth of a read.
    pool = Pool(connector.reading, settings.pool_size, settings.pool_wait, longest or inf)
    size = settings.pool_size if bounded else max(settings.pool_size, AT_ONCE)
    engine = create_engine(partial(connector.writing, longest), size, settings.pool_wait)
    try:
        yield Database(pool, engine, async_sessionmaker(engine, expire_on_commit=False))
    finally:
        await pool.close()
        await engine.dispose()


def create_engine(connect: Callable[[], Awaitable[asyncpg.Connection]], size: int, wait: float) -> AsyncEngine:
    """Create the engine for writes, with `size` connections; callers wait up to `wait` seconds for one."""
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=size,
        max_overflow=0,
        pool_timeout=wait,
        pool_pre_ping=True,
        hide_parameters=True,  # errors are logged, and parameters are personal data
    )
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *_: count_statement())
    return engine
