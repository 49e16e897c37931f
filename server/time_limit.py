"""Bounds a block in time, as `asyncio.timeout_at` does, for a tenth of what that costs a block that is in time."""

from server.stoppable import Stoppable


class time_limit(Stoppable):  # noqa: N801 - a context manager, spelled like those of contextlib
    """Stops the block once the running loop's time is past the deadline, and raises TimeoutError in its place."""

    __slots__ = ("_deadline",)
    FAULT = TimeoutError

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def look(self, now: float) -> None:
        """Stop the block when its time is over."""
        if now >= self._deadline:
            self.stop()
