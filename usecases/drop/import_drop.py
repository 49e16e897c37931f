"""Importing a drop, in steps of which each goes on where an interrupted import left it.

Files are verified, their rows staged, made current for their service, decided together, and then their hashes wrapped.
Nothing is decided before every file is staged, so that the order of files means nothing.
"""

from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from usecases.drop.batches import Connection, batch, import_connection, keep, lent_connection
from usecases.drop.companies import take_register
from usecases.drop.deciding import decide_all
from usecases.drop.garbage import seldom_collected
from usecases.drop.manifest import REGISTER, open_drop
from usecases.drop.progress import Progress, silent
from usecases.drop.proving import prove
from usecases.drop.registration import DropFile, admit_all, enter, in_sequence, judge_all
from usecases.drop.report import DropReport, all_drops
from usecases.drop.staging import stage_all
from usecases.drop.succession import succeed
from usecases.drop.workers import workers

FEW = 5_000  # rows

_COMPLETE = """
UPDATE drops SET completed_at = now()
WHERE id = $1 AND completed_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM drop_files WHERE drop_id = $1 AND current_at IS NULL AND repeats_file_id IS NULL)
"""


@asynccontextmanager
async def imported_drop(
    engine: AsyncEngine, path: Path, *, dry_run: bool = False, progress: Progress = silent
) -> AsyncIterator[DropReport]:
    """Import the drop in a folder and lend its report; when a dry run's report is given back, nothing of it remains.

    Faults of single files are in the report. Raises DropRefusedError when the manifest cannot be trusted or another
    import is running.
    """
    folder = open_drop(path)
    async with import_connection(engine, dry_run=dry_run) as connection, AsyncExitStack() as more:
        more.enter_context(seldom_collected())
        drop_id, files = await enter(connection, folder)
        verdicts = await judge_all(connection, files)
        with workers(sum(file.unread_rows for file in files), FEW) as executor:
            await admit_all(connection, files, verdicts, progress)
            await _take_rows(connection, files, executor, progress)
        for file in in_sequence(files):
            await succeed(connection, file, progress)
        reading = founding = connection
        if not dry_run:
            reading = await more.enter_async_context(lent_connection(engine))
            founding = await more.enter_async_context(lent_connection(engine))
        await decide_all(connection, reading, founding, progress)
        if not dry_run:  # wrapping takes hours for a large file, and no report depends on it
            await _prove_all(connection, files, progress)
        await _complete(connection, drop_id)
        yield DropReport(connection, drop_id, folder.unlisted)


async def import_drop(engine: AsyncEngine, path: Path) -> dict[str, Any]:
    """Import the drop in a folder and return the summary; raises what `imported_drop` raises."""
    async with imported_drop(engine, path) as report:
        return await report.summary()


@asynccontextmanager
async def reported_drops(engine: AsyncEngine) -> AsyncIterator[list[tuple[datetime, DropReport]]]:
    """Lend the report of every drop with the time it was produced at, the earliest entered first."""
    async with lent_connection(engine) as connection:
        yield await all_drops(connection)


async def _take_rows(connection: Connection, files: list[DropFile], executor: Executor, progress: Progress) -> None:
    for file in files:
        if file.is_accepted and file.declared.format == REGISTER:
            await take_register(connection, file, progress)
    await stage_all(connection, in_sequence(files), executor, progress)


async def _prove_all(connection: Connection, files: list[DropFile], progress: Progress) -> None:
    for file in files:
        if file.is_current and file.declared.format != REGISTER:
            await prove(connection, file, progress)


async def _complete(connection: Connection, drop_id: UUID) -> None:
    async with batch(connection):
        await connection.execute(_COMPLETE, drop_id)
    await keep(connection)
