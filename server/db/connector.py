"""Opens connections to PostgreSQL, directly or through a pooler (PgBouncer)."""

from typing import Any

import asyncpg
import structlog

from models.db.connection import ReadingConnection
from models.db.pooled_connection import PooledConnection
from server.config.settings import Settings

log = structlog.get_logger()

# Milliseconds; set on the connection, so that they hold for every statement.
BOUNDS = {"statement_timeout": "3000", "lock_timeout": "1000", "idle_in_transaction_session_timeout": "5000"}
# A pooler refuses start-up settings, and would leave settings made later to the next client.
_LOCAL_BOUNDS = "".join(f" SET LOCAL {name} = {milliseconds};" for name, milliseconds in BOUNDS.items())


class Connector:
    """Opens connections to one database, with or without time limits."""

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
        """Return whether a pooler is between us and PostgreSQL: it reports a process number of its own."""
        connection = await asyncpg.connect(self._dsn, timeout=self._wait, statement_cache_size=0)
        try:
            number = await connection.fetchval("SELECT pg_backend_pid()", timeout=self._wait)
            pooled: bool = number != connection.get_server_pid()
        finally:
            await connection.close(timeout=self._wait)
        # Without a configured log, a command is printing its own output.
        if pooled and structlog.is_configured():
            log.info("pooler detected", setting="OMAPOSTI_DATABASE_POOLER")
        return pooled


def _known(settings: Settings) -> bool | None:
    """Return whether a pooler is used; None if that must be detected with the first connection."""
    if settings.database_pooler == "detect":
        return None if settings.database_url else False  # the embedded PostgreSQL has no pooler
    return settings.database_pooler == "transaction"
