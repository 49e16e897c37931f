"""`omaposti drop …`: imports data of the old services, and prints the reconciliation."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from models.drop import Outcome
from models.values.moment import helsinki_time
from models.values.text import printable
from server.cli.common import in_database
from server.config.errors import CommandFailedError
from server.db.database import Database
from usecases.drop.base.errors import DropRefusedError
from usecases.drop.base.progress import Step
from usecases.drop.import_drop import imported_drop, reported_drops
from usecases.drop.report.explanation import UnknownNameError, explanation, outcomes_page
from usecases.drop.report.reconciliation import DropReport, FileReport, ThisRun

drop = typer.Typer(no_args_is_help=True, help="Old codes handed over by the services.")

Folder = Annotated[Path, typer.Argument(help="The folder with the files and their manifest.json.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="The same import, rolled back at its end.")]


Explain = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Explain an outcome, a flag or a file's fault, or `all` of them, and end."),
]

IMPORT_HELP = (
    "Import a drop.\n\n"
    "Run again, it goes on where it was interrupted. A drop that was imported already is not imported again: its files "
    "are compared with those that were imported, and nothing is changed.\n\n"
    "Exit code 0: all was imported, or was imported already from these very files. Exit code 1: a row or a file was "
    "refused, a file is not the one that was imported, or nothing could be done."
)


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of one run of an import."""

    files: list[FileReport]
    run: ThisRun

    @property
    def title(self) -> str:
        """Return the outcome of the run in a few words."""
        if self.run.completed_at is not None:
            return f"Imported already on {helsinki_time(self.run.completed_at)}"
        if all(file.fault is not None for file in self.files):
            return "Nothing was imported"
        return "Imported in part" if any(file.fault is not None for file in self.files) else "Imported"


@drop.command("import", help=IMPORT_HELP)
def import_folder(folder: Folder, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Import the drop in a folder and print the reconciliation."""

    async def work(database: Database) -> Imported:
        with _progress_shown() as shown:
            async with imported_drop(database.engine, folder, dry_run=dry_run, progress=shown) as report:
                if as_json:
                    await _print_rows(report)
                    typer.echo(_json({"summary": await report.summary()}))
                elif report.this_run.completed_at is None:
                    await _print_rejected(report)
                return Imported(await report.files(), report.this_run)

    try:
        imported = in_database(work)
    except DropRefusedError as refused:
        raise CommandFailedError(f"nothing was imported: {refused}") from refused
    except KeyboardInterrupt:
        if not dry_run:
            typer.echo("Interrupted; run the same command again, and it goes on from here.", err=True)
        raise
    if not as_json:
        is_trial = dry_run and imported.run.completed_at is None
        _print_table("Dry run, nothing was kept" if is_trial else imported.title, imported.files)
    _finish(imported)


@drop.command("report")
def report_drops(as_json: AsJson = False, explain: Explain = None) -> None:
    """Print for every drop that the rows received equal the sum of their outcomes; exit code 1 when they do not.

    With --explain, print the meaning of an outcome, a flag or a fault, and the next step; exit code 2 when it is
    unknown.
    """
    if explain is not None:
        _explain(explain)
        return

    async def work(database: Database) -> list[tuple[str, list[FileReport], dict[str, Any]]]:
        async with reported_drops(database.engine) as drops:
            return [(at.isoformat(), await report.files(), await report.summary()) for at, report in drops]

    reports = in_database(work)
    for produced_at, files, summary in reports:
        if as_json:
            typer.echo(_json({"producedAt": produced_at, "summary": summary}))
        else:
            _print_table(f"Drop of {produced_at}", files)
    if not reports:
        typer.echo("No drop has been imported; run `omaposti drop import FOLDER`.", err=True)
    if not all(file.adds_up for _, files, _ in reports for file in files):
        raise CommandFailedError("rows are in no bucket; run the unfinished `omaposti drop import` again")


def _explain(name: str) -> None:
    try:
        typer.echo(outcomes_page() if name.lower() == "all" else explanation(name), nl=name.lower() != "all")
    except UnknownNameError as unknown:
        nearest = f"did you mean {' or '.join(unknown.nearest)}?" if unknown.nearest else "`--explain all` lists them."
        typer.echo(f"omaposti: nothing is called {printable(name)}; {nearest}", err=True)
        raise typer.Exit(2) from None


async def _print_rows(report: DropReport) -> None:
    async for row in report.rows():
        typer.echo(_json(row))


async def _print_rejected(report: DropReport) -> None:
    async for row in report.rows(Outcome.REJECT_ROW):
        typer.echo(f"{printable(row['file'])} row {row['row']}: rejected, {', '.join(row['flags'])}", err=True)


def _finish(imported: Imported) -> None:
    """Print unread files, and leave with exit code 1 when something was refused or the sums differ."""
    for name in imported.run.unlisted:
        typer.echo(f"{name}: not in the manifest, so not read", err=True)
    for file in imported.files:
        for line in _remarks(file):
            typer.echo(f"{printable(file.name)}: {line}", err=True)
    failed = any(file.fault is not None or file.mismatch is not None for file in imported.files)
    if imported.run.completed_at is not None:
        verdict = "Not every file is the one that was imported" if failed else "Every file is the one that was imported"
        typer.echo(f"{verdict}; nothing was changed.", err=True)
    elif any(file.outcomes.get(Outcome.REJECT_ROW) for file in imported.files):
        failed = True
    if failed:
        raise typer.Exit(1)


def _remarks(file: FileReport) -> Iterator[str]:
    if file.fault is not None:
        yield f"not imported ({file.fault_code}): {file.fault}"
    elif file.mismatch is not None:
        yield f"not the file that was imported ({file.mismatch.code}): {file.mismatch.message}"
    elif file.imported_at is not None:
        yield f"imported already on {helsinki_time(file.imported_at)}"


def _print_table(title: str, files: list[FileReport]) -> None:
    """Print the reconciliation: for each file the rows received, their outcomes, and whether the sums are equal."""
    table = Table(title=title)
    table.add_column("File", overflow="fold")
    table.add_column("Outcome", no_wrap=True)
    table.add_column("Rows", justify="right", no_wrap=True)
    for file in files:
        table.add_row(Text(printable(file.name)), "in", str(file.rows), style="bold")
        for outcome in Outcome:
            if outcome in file.outcomes:
                table.add_row("", outcome.value, str(file.outcomes[outcome]))
        if file.companies:
            table.add_row("", "companies", str(file.companies))
        table.add_row("", *_verdict(file), end_section=True)
    Console().print(table)


def _verdict(file: FileReport) -> tuple[str, str]:
    if file.fault_code is not None:
        return f"not imported: {file.fault_code}", "0"
    if file.is_repeat:
        return "imported already", "0"
    total = str(sum(file.outcomes.values()) + file.companies)
    return ("= sum" if file.adds_up else "DOES NOT ADD UP"), total


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


class _ShownProgress:
    """A progress bar on standard error for each step of an import."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[tuple[Step, int], TaskID] = {}

    def __call__(self, step: Step, done: int, total: int) -> None:
        task = self._tasks.setdefault((step, total), TaskID(-1))
        if task == -1:
            task = self._tasks[step, total] = self._bars.add_task(step.value, total=total)
        self._bars.update(task, completed=done)


@contextmanager
def _progress_shown() -> Iterator[_ShownProgress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        yield _ShownProgress(bars)
