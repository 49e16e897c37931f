"""`python -m bench.price` prints what each optimization saves, as the table of docs/decisions/0017."""

import asyncio
import os
from typing import Annotated

import typer

from bench.database import MEASURED, ensure_built, running_cluster
from bench.price.measure import LIST, ME, Cost, Idle, Spent, costs, idle, keep_sessions_touched, spent
from bench.price.switches import SWITCHES
from bench.world import Scale

COLUMNS = (
    "without",
    *("instructions `me`", "list"),
    *("system calls `me`", "list"),
    *("processor time `me`", "list"),
    *("PostgreSQL's `me`", "list"),
    *("start", "idle MB"),
)

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def price(
    switches: Annotated[
        list[str] | None, typer.Argument(help="Which to switch off, each alone; all by default.")
    ] = None,
) -> None:
    """Print more (+) or less (-) of each measure with one optimization switched off."""
    os.nice(5)  # most is counted and not timed: others on the machine go first
    with running_cluster() as cluster:
        ensure_built(cluster, MEASURED, Scale())
        asyncio.run(keep_sessions_touched(cluster.owner_dsn(MEASURED)))
        dsn = cluster.dsn()
        usual, at_rest = costs("nothing", dsn), idle("nothing", dsn)
        typer.echo(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
        for switch in switches or SWITCHES:
            row = [f"`{switch}`", *_counted(usual, costs(switch, dsn)), *_timed(spent(switch, dsn))]
            typer.echo(f"| {' | '.join([*row, *_idle(at_rest, idle(switch, dsn))])} |")


def _counted(usual: dict[str, Cost], switched: dict[str, Cost]) -> list[str]:
    instructions = [_percent(switched[key].instructions / usual[key].instructions) for key in (ME, LIST)]
    calls = [f"{switched[key].system_calls - usual[key].system_calls:+.1f}" for key in (ME, LIST)]
    return instructions + calls


def _timed(times: Spent) -> list[str]:
    return [_percent(spent_by[key]) for spent_by in (times.server, times.postgres) for key in (ME, LIST)]


def _idle(usual: Idle, switched: Idle) -> list[str]:
    return [_percent(switched.seconds / usual.seconds), f"{switched.megabytes - usual.megabytes:+.1f}"]


def _percent(ratio: float) -> str:
    return f"{(ratio - 1) * 100:+.1f} %"


if __name__ == "__main__":
    app()
