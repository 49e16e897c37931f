"""A sign-in storm: many wrong passwords at once, and what is left of the speed of everyone else's questions."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bench import questions, world
from bench.load import Load, begun, measure, prepared
from bench.servers import Running

ROUNDS = 5
SECONDS = 4
# Some 400 requests a second: a server at its limit would be slow in the quiet already, and could hardly become slower.
PACED = Load(SECONDS, connections=8, pause=20)
STORM = Load(SECONDS + 2, connections=32)


@dataclass(frozen=True, slots=True)
class Storm:
    """Latency of `me` at the 99th percentile in milliseconds, and how much stormed."""

    quiet: float
    stormed: float
    argon2_share: float  # of one processor, taken beside what `me` takes

    @property
    def factor(self) -> float:
        """Return how many times as slow the storm made it."""
        return self.stormed / self.quiet


def measure_storm(server: Running, tick: Callable[[], None]) -> Storm:
    """Measure quiet and storm in turn; `tick` is called after each of ROUNDS."""
    addresses = [world.email(world.ORDINARY + number) for number in range(1_000)]
    quiet, stormed, shares = [], [], []
    with prepared(questions.me(3)) as asked, prepared(questions.failed_sign_ins(addresses)) as tried:
        measure(server, asked, PACED)
        for _ in range(ROUNDS):
            calm = measure(server, asked, PACED)
            with begun(server, tried, STORM):
                rough = measure(server, asked, PACED)
            quiet.append(calm.p99)
            stormed.append(rough.p99)
            shares.append((rough.cpu * rough.requests - calm.cpu * calm.requests) / 1e6 / rough.seconds)
            tick()
    return Storm(median(quiet), median(stormed), median(shares))
