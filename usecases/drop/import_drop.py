"""Import of a drop in steps; each continues where an interrupted import stopped.

Files are verified, their rows staged, made current for their service, decided together, and then their hashes wrapped.
Nothing is decided before every file is staged, so that the order of files has no effect. If the drop was imported
before, its files are only compared, and nothing is written.
"""

from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from usecases.drop.base.errors import FileFaultError
from usecases.drop.base.gc_tuning import seldom_collected
from usecases.drop.base.manifest import REGISTER, open_drop
from usecases.drop.base.progress import Progress, silent
from usecases.drop.base.transactions import (
    Connection,
    batch_transaction,
    import_connection,
    separate_connection,
    wait_until_durable,
)
from usecases.drop.base.workers import workers
from usecases.drop.decision_pipeline import decide_all
from usecases.drop.intake.admission import accept_files, compare_all, refuse, start_verification
from usecases.drop.intake.company_register import take_register
from usecases.drop.intake.registration import DropFile, RegisteredDrop, in_sequence, register_drop
from usecases.drop.intake.staging import stage_all
from usecases.drop.report.reconciliation import DropReport, ThisRun, all_drops
from usecases.drop.supersede import supersede_previous
from usecases.drop.wrap_hashes import wrap_hashes

FEW = 5_000  # rows

_COMPLETE = """
UPDATE drops SET completed_at = now()
WHERE id = $1 AND completed_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM drop_files WHERE drop_id = $1 AND current_at IS NULL AND repeats_file_id IS NULL)
    AND NOT EXISTS (
        SELECT 1 FROM drop_files AS f CROSS JOIN LATERAL (
            SELECT 1 FROM drop_rows WHERE file_id = f.id AND proof_pending AND "current" LIMIT 1
        ) AS r
        WHERE f.drop_id = $1
    )
"""


@asynccontextmanager
async def imported_drop(
    engine: AsyncEngine, path: Path, *, dry_run: bool = False, progress: Progress = silent
) -> AsyncIterator[DropReport]:
    """Import the drop in a folder and lend its report; a dry run is rolled back when the report is returned.

    Faults of single files are in the report. Raises DropRefusedError when the manifest cannot be trusted or another
    import is running.
    """
    folder = open_drop(path)
    async with import_connection(engine, dry_run=dry_run) as connection:
        drop = await register_drop(connection, folder)
        if drop.completed_at is not None:
            await compare_all(drop.files, progress)
        else:
            await _import(engine, connection, drop, progress, is_dry=dry_run)
        yield DropReport(connection, drop.id, ThisRun.of(drop, folder.unlisted))


async def _import(
    engine: AsyncEngine, connection: Connection, drop: RegisteredDrop, progress: Progress, *, is_dry: bool
) -> None:
    files = drop.files
    with seldom_collected():
        verdicts = await start_verification(connection, files)
        with workers(sum(file.unread_rows for file in files), FEW, stage_all) as executor:
            await accept_files(connection, files, verdicts, progress)
            await _take_rows(connection, files, executor, progress)
        for file in in_sequence(files):
            await supersede_previous(connection, file, progress)
        if is_dry:  # no other connection sees its rows; wrapping takes hours and is not in the report
            await decide_all(connection, connection, connection, progress)
        else:
            async with separate_connection(engine) as reader, separate_connection(engine) as writer:
                await decide_all(connection, reader, writer, progress)
            await _wrap_all(connection, files, progress)
        await _complete(connection, drop)


async def import_drop(engine: AsyncEngine, path: Path) -> dict[str, Any]:
    """Import the drop in a folder and return the summary; raises the errors of `imported_drop`."""
    async with imported_drop(engine, path) as report:
        return await report.summary()


@asynccontextmanager
async def reported_drops(engine: AsyncEngine) -> AsyncIterator[list[tuple[datetime, DropReport]]]:
    """Lend the report of every drop with its time of production, in order of registration."""
    async with separate_connection(engine) as connection:
        yield await all_drops(connection)


async def _take_rows(connection: Connection, files: list[DropFile], executor: Executor, progress: Progress) -> None:
    for file in files:
        if file.is_accepted and file.declared.format == REGISTER:
            await _take_register(connection, file, progress)
    await stage_all(connection, in_sequence(files), executor, progress)


async def _take_register(connection: Connection, file: DropFile, progress: Progress) -> None:
    try:
        await take_register(connection, file, progress)
    except FileFaultError as fault:
        await refuse(connection, file, fault)


async def _wrap_all(connection: Connection, files: list[DropFile], progress: Progress) -> None:
    for file in files:
        if file.is_current and file.mismatch is None and file.declared.format != REGISTER:
            await wrap_hashes(connection, file, progress)


async def _complete(connection: Connection, drop: RegisteredDrop) -> None:
    """Mark the drop as completely imported, if no file is missing from which hashes are still to be taken."""
    async with batch_transaction(connection):
        await connection.execute(_COMPLETE, drop.id)
    await wait_until_durable(connection)
