"""Bounds a block in time, as `asyncio.timeout_at` does, for a tenth of what that costs a block that is in time."""

import asyncio
from collections.abc import Callable
from types import TracebackType

from starlette.types import Receive

from models.db.deadlines import ticker
from server.http.body import ClientGoneError


class time_limit:  # noqa: N801 - a context manager, spelled like those of contextlib
    """Stops the block once the monotonic clock is past the deadline, and raises the fault that says so.

    One block may have several parts, each with a deadline of its own: to enter and to leave one is what costs.
    """

    __slots__ = ("_cancelling", "_deadline", "_fault", "_overdue", "_receive", "_seen", "_task", "_ticker", "_watch")

    def __init__(self, deadline: float, overdue: Callable[[], Exception] = TimeoutError) -> None:
        """Take until when the first part may last, and how to make the fault that it ends in when it lasts longer."""
        self.move(deadline, overdue)
        self._fault: Exception | None = None
        self._receive: Receive | None = None
        self._watch: asyncio.Task[None] | None = None

    def move(self, deadline: float, overdue: Callable[[], Exception] = TimeoutError) -> None:
        """Begin the next part."""
        self._deadline, self._overdue = deadline, overdue

    def watch(self, receive: Receive) -> None:
        """Stop the block also, with ClientGoneError, when its caller hangs up; the body must have been read.

        Only from the second tick on: most queries are done by then and are never watched at all.
        """
        self._receive, self._seen = receive, False

    def __enter__(self) -> "time_limit":
        self._ticker = ticker()
        task = asyncio.current_task(self._ticker.loop)
        assert task is not None
        self._task, self._cancelling = task, task.cancelling()
        self._ticker.begin(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ticker.end(self)
        if self._watch is not None:
            self._watch.cancel()
        # Whoever else has cancelled the task meanwhile must be heard: only a cancellation of ours alone is the fault.
        if self._fault and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise self._fault from error

    def look(self, now: float) -> None:
        """Stop the block when its time is over, and see to it that the caller is watched."""
        if now >= self._deadline:
            self.stop(self._overdue())
        elif self._receive is not None and self._watch is None:
            if self._seen:
                self._watch = self._ticker.loop.create_task(self._until_gone(self._receive))
            self._seen = True

    def stop(self, fault: Exception) -> None:
        """Cancel the block, once."""
        if self._fault is None:
            self._fault = fault
            self._task.cancel()

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.stop(ClientGoneError())
