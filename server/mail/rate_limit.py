"""How fast messages go to one domain: a burst makes its mail server put off, or distrust, all that we send."""

from collections import defaultdict, deque
from collections.abc import Callable
from time import monotonic

WINDOW = 60.0  # seconds


class DomainRateLimit:
    """Counts the messages to each domain within a minute, for one worker."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._sent: dict[str, deque[float]] = defaultdict(deque)

    def record(self, domain: str) -> None:
        """Count one message."""
        self._sent[domain].append(self._clock())

    def exhausted(self) -> list[str]:
        """Return the domains that have had their share; they are passed over until a minute has gone by."""
        oldest = self._clock() - WINDOW
        for domain, times in list(self._sent.items()):
            while times and times[0] <= oldest:
                times.popleft()
            if not times:
                del self._sent[domain]
        return [domain for domain, times in self._sent.items() if len(times) >= self._per_minute]
