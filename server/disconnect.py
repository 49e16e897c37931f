"""Stops work for a caller who has hung up, so that abandoned queries do not hold the database."""

import asyncio
from types import TracebackType

from starlette.types import Receive

from server.body import ClientGoneError
from server.stoppable import Stoppable


class stopped_on_disconnect(Stoppable):  # noqa: N801 - a context manager, spelled like those of contextlib
    """Stops the block and raises ClientGoneError when the caller hangs up; the body must have been read.

    Only from the second tick on: most queries are done by then and are never watched at all.
    """

    __slots__ = ("_receive", "_seen", "_watch")
    FAULT = ClientGoneError

    def __init__(self, receive: Receive) -> None:
        super().__init__()
        self._receive = receive
        self._seen = False
        self._watch: asyncio.Task[None] | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().__exit__(kind, error, traceback)

    def look(self, now: float) -> None:
        """Begin to watch the caller at the second look."""
        if self._seen and self._watch is None:
            self._watch = asyncio.get_running_loop().create_task(self._wait())
        self._seen = True

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.stop()
