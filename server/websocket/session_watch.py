"""Polls the sessions of all open sockets every two seconds with one statement.

LISTEN/NOTIFY is not used. A session also ends by its timeout, which sends no notification, and a listening connection
does not work through a pooler in transaction mode.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import structlog

from auth.authentication import authenticate_all, live_sessions
from models.db.errors import DatabaseUnavailableError
from models.db.pool import ConnectionSource, Pool
from resolvers.core.live_viewer import End, LiveViewer

EVERY = 2.0  # seconds; a revoked session must lose its socket within five
DATABASE_SILENT_LIMIT = 5.0  # seconds without an answer from the database, after which all sockets are closed

log = structlog.get_logger()


class SessionPoller:
    """Keeps the viewers of open sockets up to date with the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._watched: defaultdict[bytes, set[LiveViewer]] = defaultdict(set)

    def add(self, live_viewer: LiveViewer) -> None:
        """Begin to watch the session of a socket."""
        self._watched[live_viewer.secret_hash].add(live_viewer)

    def remove(self, live_viewer: LiveViewer) -> None:
        """Stop watching the session of a socket."""
        same = self._watched[live_viewer.secret_hash]
        same.discard(live_viewer)
        if not same:
            del self._watched[live_viewer.secret_hash]

    async def poll(self, only: LiveViewer | None = None, source: ConnectionSource | None = None) -> None:
        """Read all sessions once, or only one, over a connection of `source`; raises DatabaseUnavailableError."""
        asked = [only.secret_hash] if only is not None else list(self._watched)
        if not asked:
            return
        source = source or self._pool
        viewers = await authenticate_all(source, asked)
        gone = [one for secret in asked if secret not in viewers for one in self._watched.get(secret, ())]
        gone_sessions = {one.viewer.session_id for one in gone if one.viewer.session_id is not None}
        alive = await live_sessions(source, gone_sessions) if gone else set()
        for secret, viewer in viewers.items():
            for live_viewer in list(self._watched.get(secret, ())):
                live_viewer.renew(viewer)
        for live_viewer in gone:
            live_viewer.finish(End.TOKEN_EXPIRED if live_viewer.viewer.session_id in alive else End.SESSION_ENDED)

    async def run(self) -> None:
        """Poll for ever; close sockets whose sessions cannot be read for too long."""
        read_at = monotonic()
        while True:
            await asyncio.sleep(EVERY)
            try:
                async with asyncio.timeout(DATABASE_SILENT_LIMIT):
                    await self.poll()
                read_at = monotonic()
            except (DatabaseUnavailableError, TimeoutError):
                if monotonic() - read_at > DATABASE_SILENT_LIMIT:
                    self._finish_all()
            except Exception:
                log.exception("polling of sessions failed")
                self._finish_all()

    def _finish_all(self) -> None:
        for live_viewer in [one for same in self._watched.values() for one in same]:
            live_viewer.finish(End.UNAVAILABLE)


class Sockets:
    """All open sockets of this process: watched, and counted by account and by address."""

    def __init__(self, pool: Pool) -> None:
        self.watch = SessionPoller(pool)
        self._open: Counter[str] = Counter()

    def take(self, owner: str, most: int) -> bool:
        """Count one more socket of an account or address; return False at the limit `most`."""
        if self._open[owner] >= most:
            return False
        self._open[owner] += 1
        return True

    def leave(self, owner: str) -> None:
        """Count one socket less."""
        self._open[owner] -= 1
        if not self._open[owner]:
            del self._open[owner]


@asynccontextmanager
async def open_sockets(pool: Pool) -> AsyncIterator[Sockets]:
    """Run the polling for as long as the application lives."""
    sockets = Sockets(pool)
    watching = asyncio.create_task(sockets.watch.run())
    try:
        yield sockets
    finally:
        watching.cancel()
        await asyncio.wait([watching])
