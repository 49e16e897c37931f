"""One request's way to the pool: the connection of one read is kept for the next, which mostly follows at once."""

from types import TracebackType

from models.db.connection import ReadingConnection
from models.db.pool import Pool


class ConnectionLease:
    """Lends and takes back as the pool does, until the block ends; with all lent, a request then waits only once.

    While a read of its own waits for a connection nothing is kept: requests that each keep one and wait for another
    would all wait in vain. Nor is anything to be kept while something else than the database is waited for: `end` it.
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
        """Take a connection back, and keep it or give it back."""
        if self._ended or self._waiting or self._kept is not None or connection.is_closed():
            self._pool.release(connection)
        else:
            self._kept = connection

    def close_idle(self) -> None:
        """Drop the idle connections of the pool."""
        self._pool.close_idle()

    def end(self) -> None:
        """Keep nothing any more."""
        self._ended = True
        if self._kept is not None:
            self._pool.release(self._kept)
            self._kept = None
