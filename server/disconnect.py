"""Stops work for a caller who has hung up, so that abandoned queries do not hold the database."""

import asyncio
from types import TracebackType

from starlette.types import Receive

from server.body import ClientGoneError

WATCH_AFTER = 0.05  # seconds; most queries are done by then and are never watched at all


class stopped_on_disconnect:  # noqa: N801 - a context manager, spelled like those of contextlib
    """Cancels the block and raises ClientGoneError when the caller hangs up; the body must have been read."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = False
        self._watch: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(WATCH_AFTER, self._start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._watch is not None:
            self._watch.cancel()
        if self._gone:
            self._task.uncancel()
            raise ClientGoneError

    def _start(self) -> None:
        self._watch = asyncio.get_running_loop().create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._task.cancel()
