"""Viewer of an open connection, as its session was last read; its followers wake when it changes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from enum import StrEnum

from auth.viewer import AccountViewer

_NOT_TOLD = {"session_needs_touch", "session_fresh", "secret_hash"}


class End(StrEnum):
    """Reason why an open connection loses its viewer."""

    SESSION_ENDED = "SESSION_ENDED"
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - a reason's name
    UNAVAILABLE = "UNAVAILABLE"


class LiveViewer:
    """Viewer of an open connection, renewed by the session poller (server/websocket/session_watch.py)."""

    def __init__(self, viewer: AccountViewer, secret_hash: bytes, on_end: Callable[[End], None]) -> None:
        self.viewer = viewer
        self.secret_hash = secret_hash
        self.end: End | None = None
        self._on_end = on_end
        self._followers: set[asyncio.Event] = set()

    def renew(self, viewer: AccountViewer) -> None:
        """Take over the session as just read; wake the followers if a visible detail of the account changed."""
        changed = viewer.account != self.viewer.account and _seen(viewer) != _seen(self.viewer)
        self.viewer = viewer
        if changed:
            self._wake()

    def finish(self, end: End) -> None:
        """End the viewer's session; every stream that follows it ends too."""
        if self.end is None:
            self.end = end
            self._wake()
            self._on_end(end)

    async def states(self) -> AsyncIterator[AccountViewer]:
        """Yield the viewer now and after each change; a slow reader gets only the latest state."""
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
    """Return the account's details that subscribers are told about; session bookkeeping is left out."""
    return {name: value for name, value in viewer.account.items() if name not in _NOT_TOLD}
