"""Connection lease of one request:

it keeps the connection between two reads, because the next read mostly follows at once.
"""

from types import TracebackType

from models.db.connection import ReadingConnection
from models.db.pool import Pool


class ConnectionLease:
    """Same interface as the pool, but keeps one connection until the block ends, so a request waits for the pool once.

    It keeps none while another read of the request is queued: requests that each keep a connection and wait for a
    second would deadlock. Call `end()` before waiting for anything but the database.
    """

    __slots__ = ("_ended", "_kept", "_pool", "_waiting")

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: ReadingConnection | None = None
        self._waiting = 0
        self._ended = False

    def __enter__(self) -> "ConnectionLease":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()

    async def acquire(self) -> ReadingConnection:
        """Lend the connection that is kept, or one of the pool; raises what the pool raises."""
        kept, self._kept = self._kept, None
        if kept is not None and not kept.is_closed():
            return kept
        if kept is not None:
            self._pool.release(kept)
        self._waiting += 1
        try:
            return await self._pool.acquire()
        finally:
            self._waiting -= 1

    def release(self, connection: ReadingConnection) -> None:
        """Keep the connection for the next read, or return it to the pool."""
        if self._ended or self._waiting or self._kept is not None or connection.is_closed():
            self._pool.release(connection)
        else:
            self._kept = connection

    def close_idle(self) -> None:
        self._pool.close_idle()

    def end(self) -> None:
        """Return the kept connection to the pool, and keep none from now on."""
        self._ended = True
        if self._kept is not None:
            self._pool.release(self._kept)
            self._kept = None
