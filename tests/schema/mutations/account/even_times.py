"""Comparison of response times that must not reveal whether an address has an account."""

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping

RUNS = 3  # other load on the machine adds differences; a real leak shows in every run

Attempt = Callable[[int], Awaitable[object]]


async def require_even_times(attempts: Mapping[str, Attempt], rounds: int, tolerance: Callable[[float], float]) -> None:
    """Fail unless one run of a few has medians that differ by less than the tolerance of the larger one (s)."""
    found: list[dict[str, float]] = []
    while not found or not _even(found[-1], tolerance):
        assert len(found) < RUNS, found
        found.append(await _medians(attempts, rounds, len(found) * rounds))


def _even(medians: Mapping[str, float], tolerance: Callable[[float], float]) -> bool:
    slowest = max(medians.values())
    return slowest - min(medians.values()) < tolerance(slowest)


async def _medians(attempts: Mapping[str, Attempt], rounds: int, first: int) -> dict[str, float]:
    """Return the median time of each attempt; the attempts alternate, and get the number of their round."""
    taken: dict[str, list[float]] = {name: [] for name in attempts}
    for round_ in range(first, first + rounds):
        for name, attempt in attempts.items():
            began = time.perf_counter()
            await attempt(round_)
            taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in taken.items()}
