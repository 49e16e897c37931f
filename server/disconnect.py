"""Stops work for a caller who has hung up, so that abandoned queries do not hold the database."""

import asyncio
from types import TracebackType

from starlette.types import Receive

from models.ticker import ticker
from server.body import ClientGoneError


class stopped_on_disconnect:  # noqa: N801 - a context manager, spelled like those of contextlib
    """Cancels the block and raises ClientGoneError when the caller hangs up; the body must have been read.

    Only from the second tick on: most queries are done by then and are never watched at all.
    """

    __slots__ = ("_gone", "_receive", "_seen", "_task", "_ticker", "_watch")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen = False
        self._gone = False
        self._watch: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._ticker = ticker()
        self._ticker.begin(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ticker.end(self)
        if self._watch is not None:
            self._watch.cancel()
        if self._gone:
            self._task.uncancel()
            raise ClientGoneError

    def look(self, _now: float) -> None:
        """Begin to watch the caller at the second look."""
        if self._seen and self._watch is None:
            self._watch = asyncio.get_running_loop().create_task(self._wait())
        self._seen = True

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._task.cancel()
