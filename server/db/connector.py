"""Opens connections in the way that the other end of DATABASE_URL needs: PostgreSQL itself, or a pooler before it."""

from typing import Any

import asyncpg
import structlog

from models.db.connection import ReadingConnection
from models.db.pooled_connection import PooledConnection
from server.config.settings import Settings

log = structlog.get_logger()

# Milliseconds; settings of the connection, so that no statement can forget them.
BOUNDS = {"statement_timeout": "3000", "lock_timeout": "1000", "idle_in_transaction_session_timeout": "5000"}
# A pooler refuses settings at the start of a connection, and would keep later ones for the next client.
_LOCAL_BOUNDS = "".join(f" SET LOCAL {name} = {milliseconds};" for name, milliseconds in BOUNDS.items())


class Connector:
    """Opens connections to one database, each bounded or not."""

    def __init__(self, dsn: str, settings: Settings, *, bounded: bool) -> None:
        self._dsn = dsn
        self._wait = settings.pool_wait
        self._bounded = bounded
        self._pooled = _known(settings)

    async def reading(self) -> ReadingConnection:
        """Open a connection for the pool of reads."""
        connection: ReadingConnection = await self._open(ReadingConnection)
        return connection

    async def writing(self, command_timeout: float | None) -> asyncpg.Connection:
        """Open a connection for SQLAlchemy."""
        return await self._open(asyncpg.Connection, command_timeout=command_timeout)

    async def _open(self, direct: type, **more: Any) -> Any:
        if self._pooled is None:
            self._pooled = await self._detect_pooler()
        if not self._pooled:
            bounds = {"server_settings": BOUNDS} if self._bounded else {}
            return await asyncpg.connect(self._dsn, timeout=self._wait, connection_class=direct, **bounds, **more)
        connection = await asyncpg.connect(
            self._dsn, timeout=self._wait, connection_class=PooledConnection, statement_cache_size=0, **more
        )
        connection.bounds = _LOCAL_BOUNDS if self._bounded else ""
        return connection

    async def _detect_pooler(self) -> bool:
        """Return whether a pooler is in between: it tells its clients a process number of its own making."""
        connection = await asyncpg.connect(self._dsn, timeout=self._wait, statement_cache_size=0)
        try:
            number = await connection.fetchval("SELECT pg_backend_pid()", timeout=self._wait)
            pooled: bool = number != connection.get_server_pid()
        finally:
            await connection.close(timeout=self._wait)
        # Where no log is set up, a command is printing what it was asked for.
        if pooled and structlog.is_configured():
            log.info("the database is reached through a pooler", setting="OMAPOSTI_DATABASE_POOLER")
        return pooled


def _known(settings: Settings) -> bool | None:
    """Return whether a pooler is in between; None where that must be detected, at the first connection."""
    if settings.database_pooler == "detect":
        return None if settings.database_url else False  # nothing is before the embedded PostgreSQL
    return settings.database_pooler == "transaction"
