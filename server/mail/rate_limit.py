"""Rate limit of messages per domain: after a burst, a mail server delays or distrusts all our messages."""

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
        """Count one message to the domain."""
        self._sent[domain].append(self._clock())

    def exhausted(self) -> list[str]:
        """Return the domains at their limit; the worker skips them until a minute has passed."""
        oldest = self._clock() - WINDOW
        for domain, times in list(self._sent.items()):
            while times and times[0] <= oldest:
                times.popleft()
            if not times:
                del self._sent[domain]
        return [domain for domain, times in self._sent.items() if len(times) >= self._per_minute]
