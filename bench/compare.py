"""Comparison with the peers: all must give the same answers; then each gets load in turn."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import asyncpg

from bench import questions
from bench.load import Load, Sample, measure, prepared
from bench.questions import Question
from bench.servers import Answer, BenchError, Running

WARM_UP = Load(seconds=1)
COUNTED = 10  # requests over which statements are counted
# Headers that cost each server the same, so no server goes without.
SAFETY = (
    "Cache-Control",
    "Content-Security-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
)


@dataclass(frozen=True, slots=True)
class Contest:
    """One question to all servers, asked as several people."""

    key: str
    title: str
    questions: list[Question]


ME_3 = Contest("me_3", "`me` with 3 organizations", questions.me(3))
ME_20 = Contest("me_20", "`me` with 20 organizations", questions.me(20))
MEMBERS = Contest("members_100", "administrator's list of 100 members", questions.members())


@dataclass(slots=True)
class Outcome:
    """The samples of every contest and server, by round."""

    samples: dict[tuple[str, str], list[Sample]] = field(default_factory=lambda: defaultdict(list))
    statements: dict[tuple[str, str], int] = field(default_factory=dict)
    megabytes: dict[str, float] = field(default_factory=dict)

    def ratio(self, contest: Contest, server: str, to: str) -> float | None:
        """Return the ratio of two servers' request rates, as the median over the rounds."""
        return self._paired(contest, server, to, lambda sample: sample.rate)

    def cpu_ratio(self, contest: Contest, server: str, to: str) -> float | None:
        """Return the ratio of two servers' processor time for a request, as the median over the rounds."""
        return self._paired(contest, server, to, lambda sample: sample.cpu)

    def median(self, contest: Contest, server: str, value: Callable[[Sample], float]) -> float:
        """Return the median of a value over the rounds."""
        return median(value(sample) for sample in self.samples[contest.key, server])

    def _paired(self, contest: Contest, server: str, to: str, value: Callable[[Sample], float]) -> float | None:
        ones, others = self.samples.get((contest.key, server)), self.samples.get((contest.key, to))
        if not ones or not others:
            return None
        return median(value(one) / value(other) for one, other in zip(ones, others, strict=True))


def require_same_answers(servers: list[Running], contests: list[Contest]) -> int:
    """Return the number of questions that all servers answered alike; raises BenchError with the first difference."""
    allowed = [question for contest in contests for question in contest.questions]
    for question in allowed:
        answers = {server.recipe.title: server.ask(question) for server in servers}
        if any(answer.body.get("errors") for answer in answers.values()):
            raise BenchError(f"an error where none should be: {answers}")
        _require_same(question, {title: [answer.body, _kept_safe(answer)] for title, answer in answers.items()})
    refused = questions.refused()
    for question in refused:
        # Texts of refusals may differ; the withheld fields must be the same.
        _require_same(question, {server.recipe.title: server.ask(question).body["data"] for server in servers})
    return len(allowed) + len(refused)


def _kept_safe(answer: Answer) -> dict[str, str | None]:
    return {name: answer.headers.get(name) for name in SAFETY}


def _require_same(question: Question, answers: dict[str, Any]) -> None:
    wires = {title: json.dumps(answer, sort_keys=True) for title, answer in answers.items()}
    if len(set(wires.values())) > 1:
        raise BenchError(f"{question.operation} {question.variables} is answered differently: {wires}")


def compare(
    servers: list[Running], contests: list[Contest], rounds: int, seconds: int, tick: Callable[[], None]
) -> Outcome:
    """Measure every server with every contest, in both orders, so that a disturbance affects all alike.

    `tick` is called after each run of load: `rounds` times, and once for the warm-up, for each server and contest.
    """
    outcome = Outcome()
    load = Load(seconds)
    with ExitStack() as stack:
        files = {contest.key: stack.enter_context(prepared(contest.questions)) for contest in contests}
        for contest in contests:
            for server in servers:
                measure(server, files[contest.key], WARM_UP)
                tick()
        for number in range(rounds):
            for contest in contests:
                for server in servers if number % 2 == 0 else reversed(servers):
                    sample = measure(server, files[contest.key], load)
                    outcome.samples[contest.key, server.recipe.key].append(sample)
                    tick()
    for server in servers:
        outcome.megabytes[server.recipe.key] = server.resident_megabytes()
    return outcome


def count_statements(dsn: str, servers: list[Running], contests: list[Contest], outcome: Outcome) -> None:
    """Count the statements of one request in PostgreSQL, BEGIN and ROLLBACK included; `dsn` is a superuser's."""
    for contest in contests:
        for server in servers:
            for question in contest.questions[:COUNTED]:
                server.ask(question)  # may update the session's last use, which happens once a minute
            asyncio.run(_reset(dsn))
            for question in contest.questions[:COUNTED]:
                server.ask(question)
            calls = asyncio.run(_calls(dsn))
            outcome.statements[contest.key, server.recipe.key] = round(calls / len(contest.questions[:COUNTED]))


async def _reset(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("SELECT pg_stat_statements_reset()")
    await connection.close()


async def _calls(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    calls = await connection.fetchval(
        "SELECT coalesce(sum(calls), 0)::int FROM pg_stat_statements WHERE userid = 'omaposti'::regrole"
    )
    await connection.close()
    return int(calls)
