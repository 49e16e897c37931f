"""Copying a file's rows into the database in canonical values, batch by batch; an interrupted copy goes on."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from models.drop import Outcome
from usecases.drop.batches import BATCH, Connection, batch
from usecases.drop.flags import Flag
from usecases.drop.formats.layout import Record
from usecases.drop.formats.layouts import LAYOUTS
from usecases.drop.progress import Progress, Step
from usecases.drop.registration import DropFile
from usecases.drop.row import COLUMNS, StagedRow
from usecases.drop.verification import records

_COLUMNS = ["file_id", "row", "service_id", "outcome", "decided_at", "current", *COLUMNS]
_STAGED = "UPDATE drop_files SET staged_rows = $2, staged_at = CASE WHEN $2 = rows THEN now() END WHERE id = $1"


async def stage(connection: Connection, file: DropFile, produced_at: datetime, progress: Progress) -> None:
    """Copy the rows that are not staged yet."""
    if file.staged:
        return
    batches = _batches(file, produced_at)
    while (staged := await asyncio.to_thread(next, batches, None)) is not None:
        async with batch(connection):
            await connection.copy_records_to_table("drop_rows", records=staged, columns=_COLUMNS)
            file.staged_rows += len(staged)
            await connection.execute(_STAGED, file.id, file.staged_rows)
        progress(Step.STAGE, file.staged_rows, file.declared.rows)
    if file.declared.rows == 0:
        await connection.execute(_STAGED, file.id, 0)
    file.staged = True


def _batches(file: DropFile, produced_at: datetime) -> Iterator[list[tuple[Any, ...]]]:
    numbered = enumerate(records(file.path, file.declared), start=1)
    remaining = islice(numbered, file.staged_rows, None)
    while part := list(islice(remaining, BATCH)):
        yield [_staged(file, number, record, produced_at) for number, record in part]


def _staged(file: DropFile, number: int, record: Record, produced_at: datetime) -> tuple[Any, ...]:
    row = _read(file, record, produced_at)
    rejected = row.code_key is None
    outcome, decided_at = (Outcome.REJECT_ROW, datetime.now(UTC)) if rejected else (None, None)
    return (file.id, number, file.service_id, outcome, decided_at, not rejected, *row.record())


def _read(file: DropFile, record: Record, produced_at: datetime) -> StagedRow:
    if record.rejected_for:
        return StagedRow(flags=[flag.value for flag in record.rejected_for])
    row = LAYOUTS[file.declared.format].read(record.cells, file.declared, produced_at)
    if record.is_windows_1252:
        row.note(Flag.CHARSET_CP1252_IN_LATIN1)
    return row
