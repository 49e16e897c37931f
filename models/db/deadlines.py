"""What is looked at again and again while it lasts: one timer for all, where one each would cost more than a read.

A timer that is set and cancelled for nothing takes two microseconds, `asyncio.timeout` five, and a request would need
five of them; a place in this set takes a fraction of one. The price is that everything is up to a tick late.
"""

import asyncio
from asyncio import AbstractEventLoop
from functools import lru_cache
from time import monotonic
from typing import Protocol

POLL_INTERVAL = 0.05  # seconds


class Pollable(Protocol):
    """Something under way that has to be looked at now and then."""

    def poll(self, now: float) -> None:
        """Do what its age asks for; `now` is a time of the monotonic clock."""


class DeadlinePoller:
    """Looks at everything under way in one event loop; it rests while there is nothing."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self.loop = loop
        self._under_way: set[Pollable] = set()
        self._ticks = False

    def add(self, pollable: Pollable) -> None:
        """Look at it from now on."""
        self._under_way.add(pollable)
        if not self._ticks:
            self._ticks = True
            self.loop.call_later(POLL_INTERVAL, self._tick)

    def remove(self, pollable: Pollable) -> None:
        """Look at it no longer."""
        self._under_way.discard(pollable)

    def _tick(self) -> None:
        self._ticks = bool(self._under_way)
        if self._ticks:
            self.loop.call_later(POLL_INTERVAL, self._tick)
        now = monotonic()
        for pollable in tuple(self._under_way):
            pollable.poll(now)


def deadline_poller() -> DeadlinePoller:
    """Return a ticker of the running loop: always the same one in a process that has one loop."""
    return _deadline_poller_of(asyncio.get_running_loop())


@lru_cache(maxsize=1)
def _deadline_poller_of(loop: AbstractEventLoop) -> DeadlinePoller:
    return DeadlinePoller(loop)
