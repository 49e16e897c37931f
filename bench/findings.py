"""Results of one run, and their comparison with the promised goals."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.compare import ME_3, ME_20, MEMBERS, Contest, Outcome
from bench.growth import Cost
from bench.imports import Import
from bench.load import Sample
from bench.servers import HANDWRITTEN, NODE, ORDINARY, OURS, TUTORIAL, UNCOMPILED, Recipe
from bench.start import Start
from bench.storm import Storm

CONTESTS = [ME_3, ME_20, MEMBERS]
PROMISED = [ME_3, MEMBERS]  # the contests that the goals name


@dataclass(frozen=True, slots=True)
class Findings:
    """Results of one run."""

    outcome: Outcome
    servers: list[Recipe]
    left_out: dict[str, str]
    same_answers: int
    costs: dict[str, Cost]
    storm: Storm
    imports: list[Import]
    start: Start


@dataclass(frozen=True, slots=True)
class Goal:
    """One promised goal, its measured value, and whether it is met; None when a peer was missing."""

    promise: str
    measured: str
    kept: bool | None


def goals(findings: Findings) -> Iterator[Goal]:
    """Yield all goals in the order of their numbers."""
    outcome = findings.outcome
    for contest in PROMISED:
        for peer, least in ((HANDWRITTEN, 0.90), (NODE, 1.0), (ORDINARY, 12), (TUTORIAL, 50)):
            yield _at_least(contest, peer, least, outcome.ratio(contest, OURS.key, peer.key))
        yield _steady(contest, outcome)
    for contest, least in ((ME_3, 2.5), (MEMBERS, 6)):
        ratio = outcome.cpu_ratio(contest, UNCOMPILED.key, OURS.key)
        promise = f"{contest.title}: ≥ {least:g} times less processor time than graphql-core executing"
        yield Goal(promise, _times(ratio), None if ratio is None else ratio >= least)
    yield from _growth(findings.costs)
    yield Goal(
        "sign-in storm: p99 of `me` within 3 times the quiet one",
        _times(findings.storm.factor),
        findings.storm.factor <= 3,
    )
    yield from _imports(findings.imports)
    start = findings.start
    yield Goal("cold start to the first answer < 2 s", f"{start.seconds:.2f} s", start.seconds < 2)
    yield Goal("idle memory < 90 MB", f"{start.megabytes:.0f} MB", start.megabytes < 90)


def _at_least(contest: Contest, peer: Recipe, least: float, ratio: float | None) -> Goal:
    promise = f"{contest.title}: ≥ {least:g} of the requests of {peer.title}"
    return Goal(promise, _times(ratio), None if ratio is None else ratio >= least)


def _steady(contest: Contest, outcome: Outcome) -> Goal:
    spread: Callable[[Sample], float] = lambda sample: sample.p99 / sample.p50  # noqa: E731 - named for the next line
    measured = outcome.median(contest, OURS.key, spread)
    return Goal(f"{contest.title}: p99 / p50 ≤ 3", f"{measured:.1f}", measured <= 3)


def _growth(costs: dict[str, Cost]) -> Iterator[Goal]:
    one, ten, hundred = (costs[f"me_{number}"].latency for number in (1, 10, 100))
    a_member = (hundred - one) / 99
    expected = one + 9 * a_member
    straight = 0.8 <= ten / expected <= 1.25
    measured = f"{one:.2f}, {ten:.2f}, {hundred:.2f} ms: {a_member * 1000:.0f} µs each"
    yield Goal("`me` linear in the memberships (the middle within a quarter of the line)", measured, straight)
    for title, small, large in (
        ("`me`: ten times the tables cost within 1.2 times", "me_3", "me_3_tenfold"),
        ("list: ten times the tables cost within 1.2 times", "members", "members_tenfold"),
        ("page 1,000 within 1.2 times page 1", "page_first", "page_deep"),
    ):
        factor = costs[large].latency / costs[small].latency
        yield Goal(title, _times(factor), factor <= 1.2)


def _imports(imports: list[Import]) -> Iterator[Goal]:
    small, large = imports
    slowest = min(small.rate, large.rate)
    yield Goal("import ≥ 5,000 rows a second", f"{slowest:,.0f}", slowest >= 5_000)
    growth = large.megabytes - small.megabytes
    measured = f"{small.megabytes:.0f} MB, with four times the rows {large.megabytes:.0f} MB"
    yield Goal("import: memory flat (within 20 MB)", measured, growth <= 20)


def _times(ratio: float | None) -> str:
    return "not measured" if ratio is None else f"{ratio:.2f}"
