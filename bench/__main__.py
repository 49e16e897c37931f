"""`python -m bench` measures everything into bench/RESULTS.md; `python -m bench quick` prints the main ratios."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bench import growth, start, storm
from bench import worst as search
from bench.compare import Contest, Outcome, compare, count_statements, require_same_answers
from bench.database import MEASURED, TENFOLD, Cluster, ensure_built, running_cluster
from bench.findings import CONTESTS, PROMISED, Findings, goals
from bench.growth import Cost
from bench.imports import Import, measure_imports
from bench.load import generator
from bench.report import RESULTS, write_report
from bench.servers import (
    HANDWRITTEN,
    NODE,
    ORDINARY,
    OURS,
    TUTORIAL,
    UNCOMPILED,
    BenchError,
    Recipe,
    running,
    started,
    why_left_out,
)
from bench.world import Scale
from schema.build import SCHEMA

ALL = [OURS, HANDWRITTEN, NODE, UNCOMPILED, ORDINARY, TUTORIAL]
QUICK = [OURS, HANDWRITTEN, NODE, ORDINARY]
LARGER = 10  # factor of size, for the database that shows the effect of larger tables on cost

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def bench(
    chosen: typer.Context,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of load for each server and question.")] = 8,
    seconds: Annotated[int, typer.Option(min=1, help="Seconds of each round.")] = 3,
) -> None:
    """Measure everything and write bench/RESULTS.md."""
    if chosen.invoked_subcommand is not None:
        return
    recipes, left_out = _available(ALL)
    with running_cluster() as cluster:
        ensure_built(cluster, MEASURED, Scale())
        ensure_built(cluster, TENFOLD, Scale().times(LARGER))
    with _progress("cold start", start.ROUNDS) as tick:
        cold = start.measure_start(tick)
    with running_cluster() as cluster:
        outcome, same = _compared(cluster, recipes, CONTESTS, rounds, seconds)
        costs, stormed, imports = _grown(cluster), _stormed(cluster), _imported(cluster)
        findings = Findings(outcome, recipes, left_out, same, costs, stormed, imports, cold)
        write_report(findings, cluster.dsn(), rounds, seconds)
    for goal in goals(findings):
        print(f"{'kept' if goal.kept else '-' if goal.kept is None else 'NOT KEPT':9} {goal.promise}: {goal.measured}")
    print(f"Written to {RESULTS}.")


@app.command()
def quick(
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of one second for each server and question.")] = 6,
) -> None:
    """Print the ratios to the peers as one line of JSON: each, and the smaller of those for `me` and the list."""
    recipes, left_out = _available(QUICK)
    with running_cluster() as cluster:
        ensure_built(cluster, MEASURED, Scale())
        outcome, _ = _compared(cluster, recipes, PROMISED, rounds, 1)
    each = _of_peers(recipes, lambda contest, peer: outcome.ratio(contest, OURS.key, peer))
    # Steadier than rates: other programs take time from a server, but hardly change its own processor time.
    cpu = _of_peers(recipes, lambda contest, peer: outcome.cpu_ratio(contest, peer, OURS.key))
    least = {f"ratio_to_{key}": min(ratio for ratio in ratios.values() if ratio) for key, ratios in each.items()}
    told = {**least, "ratios": each, "cpu": cpu, "rounds": rounds, "load": generator(), "left_out": left_out}
    print(json.dumps(_rounded(told)))


def _of_peers(
    recipes: list[Recipe], ratio: Callable[[Contest, str], float | None]
) -> dict[str, dict[str, float | None]]:
    peers = [recipe.key for recipe in recipes if recipe is not OURS]
    return {peer: {contest.key: ratio(contest, peer) for contest in PROMISED} for peer in peers}


@app.command()
def worst() -> None:
    """Search for the most expensive accepted document; print it and its milliseconds as a line of JSON."""
    with running_cluster() as cluster:
        ensure_built(cluster, MEASURED, Scale())
        with _progress("worst document", search.ROUNDS) as tick:
            found = asyncio.run(search.search(cluster.dsn(), SCHEMA, tick))
    print(json.dumps(_rounded(asdict(found))))


@app.command("start")
def start_alone() -> None:
    """Print the duration of a start and the idle server's memory as one line of JSON."""
    with running_cluster() as cluster:
        ensure_built(cluster, MEASURED, Scale())
    with _progress("cold start", start.ROUNDS) as tick:
        print(json.dumps(_rounded(asdict(start.measure_start(tick)))))


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return round(value, 3) if isinstance(value, float) else value


def _available(recipes: list[Recipe]) -> tuple[list[Recipe], dict[str, str]]:
    """Return the servers that can run here, and the reasons why the others cannot."""
    reasons = {recipe: why_left_out(recipe) for recipe in recipes}
    left_out = {recipe.title: reason for recipe, reason in reasons.items() if reason is not None}
    for title, reason in left_out.items():
        Console(stderr=True).print(f"{title} is left out: {reason}.")
    return [recipe for recipe, reason in reasons.items() if reason is None], left_out


def _compared(
    cluster: Cluster, recipes: list[Recipe], contests: list[Contest], rounds: int, seconds: int
) -> tuple[Outcome, int]:
    with running(recipes, cluster.dsn()) as servers:
        same = require_same_answers(servers, contests)
        runs = len(servers) * len(contests) * (rounds + 1)
        with _progress("beside the peers", runs) as tick:
            outcome = compare(servers, contests, rounds, seconds, tick)
        count_statements(cluster.owner_dsn(MEASURED), servers, contests, outcome)
    return outcome, same


def _grown(cluster: Cluster) -> dict[str, Cost]:
    small, large = ({"DATABASE_URL": cluster.dsn(database)} for database in (MEASURED, TENFOLD))
    with started(OURS, small) as server, started(OURS, large) as tenfold:
        cases = growth.growth_cases(server, tenfold)
        with _progress("growth", len(cases) * (growth.ROUNDS + 1)) as tick:
            return growth.measure_growth(cases, tick)


def _stormed(cluster: Cluster) -> storm.Storm:
    environment = {"DATABASE_URL": cluster.dsn(), **storm.FROM_EVERYWHERE}
    with started(OURS, environment) as server, _progress("sign-in storm", storm.ROUNDS) as tick:
        return storm.measure_storm(server, tick)


def _imported(cluster: Cluster) -> list[Import]:
    with _progress("import", 2) as tick:
        return measure_imports(cluster, tick)


@contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a progress bar on standard error; yields a function that advances it by one."""
    with Progress(console=Console(stderr=True)) as shown:
        task = shown.add_task(title, total=total)
        yield lambda: shown.advance(task)


if __name__ == "__main__":
    try:
        app()
    except BenchError as failure:
        raise SystemExit(f"bench: {failure}") from None
