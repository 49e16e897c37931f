"""Bounds a block in time, as `asyncio.timeout_at` does, for a tenth of what that costs a block that is in time."""

import asyncio
from types import TracebackType

from models.ticker import ticker


class time_limit:  # noqa: N801 - a context manager, spelled like those of contextlib
    """Cancels the block once the running loop's time is past the deadline, and raises TimeoutError in its place."""

    __slots__ = ("_cancelling", "_deadline", "_expired", "_task", "_ticker")

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._expired = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelling = task, task.cancelling()
        self._ticker = ticker()
        self._ticker.begin(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ticker.end(self)
        # Whoever else has cancelled the task meanwhile must be heard: only a cancellation of ours alone is the timeout.
        if self._expired and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def look(self, now: float) -> None:
        """Cancel the block when its time is over."""
        if now >= self._deadline and not self._expired:
            self._expired = True
            self._task.cancel()
