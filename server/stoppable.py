"""A block of the current task that something else may stop: what time limits and hang-ups have in common."""

import asyncio
from types import TracebackType

from models.ticker import ticker


class Stoppable:
    """A context manager that is looked at with every tick; stopped, the block ends in the fault that says why."""

    __slots__ = ("_cancelling", "_stopped", "_task", "_ticker")
    FAULT: type[Exception]

    def __init__(self) -> None:
        self._stopped = False

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
        # Whoever else has cancelled the task meanwhile must be heard: only a cancellation of ours alone is the fault.
        if self._stopped and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise self.FAULT from error

    def look(self, now: float) -> None:
        """Stop the block when it is time to; `now` is a time of the running loop."""
        raise NotImplementedError

    def stop(self) -> None:
        """Cancel the block, once."""
        if not self._stopped:
            self._stopped = True
            self._task.cancel()
