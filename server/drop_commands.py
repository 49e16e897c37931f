"""`omaposti drop`: importing what the old services hand over, and the reconciliation of it."""

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

from models.drop import Outcome
from server.command import CommandFailedError, in_database
from server.database import Database
from usecases.drop.fault import DropRefusedError
from usecases.drop.import_drop import imported_drop, reported_drops
from usecases.drop.progress import Step
from usecases.drop.report import DropReport, FileReport

drop = typer.Typer(no_args_is_help=True, help="Old codes handed over by the services.")

Folder = Annotated[Path, typer.Argument(help="The folder with the files and their manifest.json.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="The same import, rolled back at its end.")]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has to say at its end."""

    files: list[FileReport]
    unlisted: list[str]


@drop.command("import")
def import_folder(folder: Folder, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Import a drop; run again, it goes on where it was interrupted. Exit code 1 when a row or a file was refused."""

    async def work(database: Database) -> Imported:
        with _progress_shown() as shown:
            async with imported_drop(database.engine, folder, dry_run=dry_run, progress=shown) as report:
                await _print_rows(report, as_json)
                if as_json:
                    typer.echo(_json({"summary": await report.summary()}))
                return Imported(await report.files(), report.unlisted)

    try:
        imported = in_database(work)
    except DropRefusedError as refused:
        raise CommandFailedError(f"nothing was imported: {refused}") from refused
    except KeyboardInterrupt:
        if not dry_run:
            typer.echo("Interrupted; run the same command again, and it goes on from here.", err=True)
        raise
    if not as_json:
        _print_table("Dry run, nothing was kept" if dry_run else "Imported", imported.files)
    _finish(imported)


@drop.command("report")
def report_drops(as_json: AsJson = False) -> None:
    """Print for every drop that what came in equals the sum of what it ended in; exit code 1 when it does not."""

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


async def _print_rows(report: DropReport, as_json: bool) -> None:
    """Print each row, or without --json a line for each rejected one."""
    async for row in report.rows(None if as_json else Outcome.REJECT_ROW):
        if as_json:
            typer.echo(_json(row))
        else:
            typer.echo(f"{row['file']} row {row['row']}: rejected, {', '.join(row['flags'])}", err=True)


def _finish(imported: Imported) -> None:
    """Tell what was not read, and leave with exit code 1 when something was refused."""
    for name in imported.unlisted:
        typer.echo(f"{name}: not in the manifest, so not read", err=True)
    for file in imported.files:
        if file.fault is not None:
            typer.echo(f"{file.name}: not imported ({file.fault_code}): {file.fault}", err=True)
        if file.is_repeat:
            typer.echo(f"{file.name}: imported already with an earlier drop, nothing to do", err=True)
    rejected = sum(file.outcomes.get(Outcome.REJECT_ROW, 0) for file in imported.files)
    if rejected or any(file.fault is not None for file in imported.files):
        raise typer.Exit(1)


def _print_table(title: str, files: list[FileReport]) -> None:
    """Print the reconciliation: for each file what came in, what it ended in, and whether the two are equal."""
    table = Table(title=title)
    table.add_column("File", overflow="fold")
    table.add_column("Outcome", no_wrap=True)
    table.add_column("Rows", justify="right", no_wrap=True)
    for file in files:
        table.add_row(file.name, "in", str(file.rows), style="bold")
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
    """A bar on standard error for each step of an import."""

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
