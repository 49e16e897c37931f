"""Deadline poller: one 50 ms timer polls all pending deadlines; a timer for each request would cost more than a query.

Setting and cancelling a timer takes two microseconds, `asyncio.timeout` five, and a request would need five of them.
Adding to this set takes a fraction of one. In return each deadline is noticed up to a tick late.
"""

import asyncio
from asyncio import AbstractEventLoop
from functools import lru_cache
from time import monotonic
from typing import Protocol

POLL_INTERVAL = 0.05  # seconds; the longest delay of a deadline


class Pollable(Protocol):
    """Pending work with a deadline."""

    def poll(self, now: float) -> None:
        """Check the deadline and act when it has passed; `now` is the monotonic time."""


class DeadlinePoller:
    """Polls all pending work of one event loop; the timer stops while there is none."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self.loop = loop
        self._under_way: set[Pollable] = set()
        self._ticks = False

    def add(self, pollable: Pollable) -> None:
        self._under_way.add(pollable)
        if not self._ticks:
            self._ticks = True
            self.loop.call_later(POLL_INTERVAL, self._tick)

    def remove(self, pollable: Pollable) -> None:
        self._under_way.discard(pollable)

    def _tick(self) -> None:
        self._ticks = bool(self._under_way)
        if self._ticks:
            self.loop.call_later(POLL_INTERVAL, self._tick)
        now = monotonic()
        for pollable in tuple(self._under_way):
            pollable.poll(now)


def deadline_poller() -> DeadlinePoller:
    """Return the poller of the running loop; a process with one loop has one poller."""
    return _deadline_poller_of(asyncio.get_running_loop())


@lru_cache(maxsize=1)
def _deadline_poller_of(loop: AbstractEventLoop) -> DeadlinePoller:
    return DeadlinePoller(loop)
