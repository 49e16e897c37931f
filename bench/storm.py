"""Sign-in storm: many wrong passwords at once, and its effect on the latency of other requests."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bench import questions, world
from bench.load import Load, begun, measure, prepared
from bench.servers import BenchError, Running

ROUNDS = 5
SECONDS = 4
# Some 400 requests a second: at its limit, a server is slow even without a storm, and the effect would not show.
PACED = Load(SECONDS, connections=8, pause=20)
STORM = Load(SECONDS + 2, connections=32)
# Simulates many client addresses: from one address, most attempts would be refused before argon2 runs.
FROM_EVERYWHERE = {"OMAPOSTI_RATE_LIMITS": '{"sign_in_address": "1000000 per minute"}'}
LEAST_SHARE = 0.2  # of a processor; below it there was no storm


@dataclass(frozen=True, slots=True)
class Storm:
    """Latency of `me` at the 99th percentile in milliseconds, and the strength of the storm."""

    quiet: float
    stormed: float
    argon2_share: float  # of one processor, in addition to the time of `me`

    @property
    def factor(self) -> float:
        """Return the factor by which the storm slowed the server."""
        return self.stormed / self.quiet


def measure_storm(server: Running, tick: Callable[[], None]) -> Storm:
    """Measure calm and storm in turn on a server started FROM_EVERYWHERE; `tick` is called after each of ROUNDS.

    Raises BenchError when the wrong passwords were refused before argon2 ran.
    """
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
    if median(shares) < LEAST_SHARE:
        raise BenchError("the wrong passwords hardly reached argon2; see which rate limit refused them")
    return Storm(median(quiet), median(stormed), median(shares))
