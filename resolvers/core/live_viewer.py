"""The session behind an open connection, as it was last read; whoever follows it is woken when that changes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from enum import StrEnum

from auth.viewer import AccountViewer

_NOT_TOLD = {"session_needs_touch", "session_fresh", "secret_hash"}


class End(StrEnum):
    """Why an open connection goes on with nobody."""

    SESSION_ENDED = "SESSION_ENDED"
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - a reason's name
    UNAVAILABLE = "UNAVAILABLE"


class LiveViewer:
    """The viewer of an open connection, renewed by the poller of sessions (server/websocket/session_watch.py)."""

    def __init__(self, viewer: AccountViewer, secret_hash: bytes, on_end: Callable[[End], None]) -> None:
        self.viewer = viewer
        self.secret_hash = secret_hash
        self.end: End | None = None
        self._on_end = on_end
        self._followers: set[asyncio.Event] = set()

    def renew(self, viewer: AccountViewer) -> None:
        """Go on as the session was just read, and wake who follows it if anything she may see is another."""
        changed = viewer.account != self.viewer.account and _seen(viewer) != _seen(self.viewer)
        self.viewer = viewer
        if changed:
            self._wake()

    def finish(self, end: End) -> None:
        """Tell that the session proves nobody any more; every stream that follows it comes to its end."""
        if self.end is None:
            self.end = end
            self._wake()
            self._on_end(end)

    async def states(self) -> AsyncIterator[AccountViewer]:
        """Yield the viewer now and after every change; who reads slowly misses what was superseded meanwhile."""
        woken = asyncio.Event()
        self._followers.add(woken)
        try:
            while self.end is None:
                woken.clear()
                yield self.viewer
                await woken.wait()
        finally:
            self._followers.discard(woken)

    def _wake(self) -> None:
        for woken in self._followers:
            woken.set()


def _seen(viewer: AccountViewer) -> dict[str, object]:
    """Return what of a viewer is worth telling when it changes; that the session is in use is not."""
    return {name: value for name, value in viewer.account.items() if name not in _NOT_TOLD}
