"""`omaposti audit …`: verification that audit entries were neither changed, removed nor reordered."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from server.cli.common import in_database
from server.config.errors import CommandFailedError
from server.db.database import Database
from usecases.audit.audit_chain import Break, ChainReport, Head, Heads, count_links, verify_chain
from usecases.regular_file import read_regular

LARGEST_NOTE = 1_000_000  # bytes; a note holds the heads of a few hundred lanes

audit = typer.Typer(no_args_is_help=True, help="The history of actions and refused attempts.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output; keep it for --noted.")]
Noted = Annotated[
    Path | None,
    typer.Option(help="What an earlier verification printed with --json: nothing since may be gone or written again."),
]


@audit.command("verify")
def audit_verify(as_json: AsJson = False, noted: Noted = None) -> None:
    """Verify the hash chain of the audit, lane by lane; exit code 1 at the first break, which is named."""
    heads = _read(noted) if noted is not None else {}

    async def work(database: Database) -> ChainReport:
        async with database.sessions() as db:
            with _progress(await count_links(db)) as bars:
                return await verify_chain(db, heads, lambda links: bars.advance(bars.task_ids[0], links))

    verdict = in_database(work)
    if as_json:
        typer.echo(json.dumps(_told(verdict)))
    if verdict.broken is not None:
        raise CommandFailedError(_sentence(verdict.broken))
    if not as_json:
        typer.echo(f"{verdict.entries} entries in {len(verdict.heads)} lanes: the chain holds.")


def _read(noted: Path) -> Heads:
    try:
        lanes = json.loads(read_regular(noted, LARGEST_NOTE))["heads"]
        return {int(lane): Head(int(head["position"]), bytes.fromhex(head["hash"])) for lane, head in lanes.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else fault
        raise CommandFailedError(
            f"{noted} cannot be read ({reason}); give what `omaposti audit verify --json` printed"
        ) from fault


def _told(verdict: ChainReport) -> dict[str, Any]:
    heads = {lane: {"position": head.position, "hash": head.hash.hex()} for lane, head in verdict.heads.items()}
    broken = verdict.broken
    where = broken and {
        "fault": broken.fault.name,
        "entry": broken.entry_id and str(broken.entry_id),
        "lane": broken.lane,
        "position": broken.position,
    }
    return {"entries": verdict.entries, "heads": heads, "broken": where}


def _sentence(broken: Break) -> str:
    where = f"lane {broken.lane}, position {broken.position}, " if broken.lane is not None else ""
    return (
        f"the audit is broken at {where}entry {broken.entry_id}: {broken.fault.value}; stop writing, "
        "compare with a backup, and find out who had the rights of the database's owner"
    )


@contextmanager
def _progress(links: int) -> Iterator[Progress]:
    columns = (TextColumn("Verifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        bars.add_task("Verifying", total=links)
        yield bars
