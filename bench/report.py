"""Writes the results as a page: tables, goals, a chart."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.chart import Group, bar_chart
from bench.compare import Contest
from bench.findings import CONTESTS, Findings, goals
from bench.load import CONNECTIONS, generator
from bench.machine import machine, revision, versions
from bench.servers import HANDWRITTEN, POOL_SIZE, Recipe

RESULTS = Path("bench/RESULTS.md")
CHART = Path("bench/results.svg")


def write_report(findings: Findings, dsn: str, rounds: int, seconds: int) -> None:
    """Write RESULTS.md and its chart."""
    sections = [
        _head(findings, dsn, rounds, seconds),
        _goals(findings),
        "## Beside the peers\n\n![Requests a second, hand-written endpoint = 1](results.svg)",
        *(_contest(findings, contest) for contest in CONTESTS),
        _how_to_read(),
        _growth(findings),
        _rest(findings),
    ]
    RESULTS.write_text("\n\n".join(sections) + "\n")
    CHART.write_text(_chart(findings))


def _head(findings: Findings, dsn: str, rounds: int, seconds: int) -> str:
    left_out = [f"Left out: {title}, because {why}." for title, why in findings.left_out.items()]
    return "\n\n".join(
        [
            "# What was measured",
            f"`make bench` on {datetime.now(UTC):%Y-%m-%d}, commit {revision()}: {machine()}.",
            f"{', '.join(versions(dsn))}.",
            f"100,000 accounts, 20,000 organizations, 300,000 memberships. Load by {generator()}: "
            f"{CONNECTIONS} connections, {rounds} rounds of {seconds} s for each server and question, in turn and in "
            f"both orders; medians of the rounds, ratios taken round by round. One process each, {POOL_SIZE} database "
            f"connections, PostgreSQL on the same machine. {findings.same_answers} answers were the same everywhere.",
            *left_out,
        ]
    )


def _goals(findings: Findings) -> str:
    words = {True: "yes", False: "**no**", None: "–"}  # noqa: RUF001 - a dash for an empty cell
    rows = [[goal.promise, goal.measured, words[goal.kept]] for goal in goals(findings)]
    return "## Goals\n\n" + _table(["goal", "measured", "kept"], rows)


def _contest(findings: Findings, contest: Contest) -> str:
    columns = ["server", "requests/s", "of hand-written", "CPU µs", "p50 ms", "p99 ms", "statements", "memory MB"]
    rows = [_row(findings, contest, recipe) for recipe in findings.servers]
    return f"### {contest.title}\n\n" + _table(columns, rows)


def _row(findings: Findings, contest: Contest, recipe: Recipe) -> list[str]:
    outcome, key = findings.outcome, recipe.key
    ratio = outcome.ratio(contest, key, HANDWRITTEN.key) or 0
    return [
        recipe.title,
        f"{outcome.median(contest, key, lambda sample: sample.rate):,.0f}",
        f"{ratio:.2f}",
        f"{outcome.median(contest, key, lambda sample: sample.cpu):,.0f}",
        f"{outcome.median(contest, key, lambda sample: sample.p50):.1f}",
        f"{outcome.median(contest, key, lambda sample: sample.p99):.1f}",
        str(outcome.statements[contest.key, key]),
        f"{outcome.megabytes[key]:.0f}",
    ]


def _how_to_read() -> str:
    return (
        "CPU is the processor time of the server's process a request (those under way at the end of a round count "
        "half). Statements are PostgreSQL's count, BEGIN and ROLLBACK among them. Memory is what the process occupies "
        "after all rounds; the Python peers import our settings and permissions, so theirs could be less."
    )


def _growth(findings: Findings) -> str:
    rows = [[cost.title, f"{cost.latency:.2f}", f"{cost.cpu:,.0f}"] for cost in findings.costs.values()]
    note = "One connection, so that latency is the cost; a page has at most 100 of a person's memberships."
    return f"## Growth\n\n{note}\n\n" + _table(["question", "p50 ms", "CPU µs"], rows)


def _rest(findings: Findings) -> str:
    storm, start = findings.storm, findings.start
    return "\n\n".join(
        [
            "## Sign-in storm",
            f"p99 of `me`, paced: {storm.quiet:.1f} ms quiet, {storm.stormed:.1f} ms while wrong passwords take "
            f"{storm.argon2_share:.0%} of a processor.",
            "## Import",
            _table(["rows", "seconds", "rows/s", "CPU s", "most MB"], list(_imports(findings))),
            "## Start",
            f"First answer {start.seconds:.2f} s after the command, on a stopped embedded database that exists; "
            f"{start.megabytes:.0f} MB then.",
        ]
    )


def _imports(findings: Findings) -> Iterator[list[str]]:
    for each in findings.imports:
        numbers = [f"{each.seconds:.1f}", f"{each.rate:,.0f}", f"{each.processor:.1f}", f"{each.megabytes:.0f}"]
        yield [f"{each.rows:,}", *numbers]


def _table(columns: list[str], rows: list[list[str]]) -> str:
    ruler = ["---", *("---:" for _ in columns[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, ruler, *rows))


def _chart(findings: Findings) -> str:
    groups = [
        Group(
            recipe.title,
            [findings.outcome.ratio(contest, recipe.key, HANDWRITTEN.key) or 0 for contest in CONTESTS],
        )
        for recipe in findings.servers
    ]
    titles = [contest.title.replace("`", "") for contest in CONTESTS]
    return bar_chart("Requests a second, hand-written endpoint = 1", titles, groups)
