"""Growth of cost with a person's memberships, with the size of the tables, and with the page: only the answer may
count.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from bench import questions, world
from bench.load import Load, Sample, measure, prepared
from bench.questions import Question
from bench.servers import Running

ROUNDS = 5
ALONE = Load(seconds=1, connections=1)  # one connection: without waiting, latency is the cost


@dataclass(frozen=True, slots=True)
class Case:
    """One question to one server, compared with others."""

    key: str
    title: str
    server: Running
    questions: list[Question]


@dataclass(slots=True)
class Cost:
    """Cost of a case, by round."""

    title: str
    samples: list[Sample] = field(default_factory=list)

    @property
    def latency(self) -> float:
        """Return the median latency in milliseconds."""
        return median(sample.p50 for sample in self.samples)

    @property
    def cpu(self) -> float:
        """Return the processor time of a request in microseconds."""
        return median(sample.cpu for sample in self.samples)


def growth_cases(server: Running, tenfold: Running) -> list[Case]:
    """Return the cases to compare."""
    people = [
        Case(f"me_{holding}", f"`me`, {holding:,} organizations", server, questions.me(holding))
        for holding in (1, 10, 100, 1_000)
    ]
    last = world.first_of_crowd() + world.DEEP_PAGE * (world.DEEP_PAGES - 1) - 1
    first, deep = (questions.page_of_crowd(world.DEEP_PAGE, after) for after in (None, world.cursor(last)))
    return [
        *people,
        Case("page_first", "page 1 of the largest organization's members", server, first),
        Case("page_deep", f"page {world.DEEP_PAGES:,} of them", server, deep),
        Case("me_3", "`me`, 3 organizations", server, questions.me(3)),
        Case("me_3_tenfold", "the same with ten times the tables", tenfold, questions.me(3)),
        Case("members", "list of 100 members", server, questions.members()),
        Case("members_tenfold", "the same with ten times the tables", tenfold, questions.members()),
    ]


def measure_growth(cases: list[Case], tick: Callable[[], None]) -> dict[str, Cost]:
    """Measure the cases in turn; `tick` is called after each run of load, ROUNDS + 1 times for each case."""
    costs = {case.key: Cost(case.title) for case in cases}
    with ExitStack() as stack:
        files = [stack.enter_context(prepared(case.questions)) for case in cases]
        for number in range(ROUNDS + 1):
            for case, file in zip(cases, files, strict=True):
                sample = measure(case.server, file, ALONE)
                if number > 0:  # round 0 is the warm-up
                    costs[case.key].samples.append(sample)
                tick()
    return costs
