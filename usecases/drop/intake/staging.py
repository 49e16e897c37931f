"""Staging:

copies a file's rows into the database in canonical values, batch by batch; an interrupted copy continues.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias
from uuid import UUID

from models.drop import Outcome
from usecases.drop.base.errors import FileFaultError
from usecases.drop.base.flags import Flag
from usecases.drop.base.manifest import ManifestFile
from usecases.drop.base.progress import Progress, Step
from usecases.drop.base.transactions import BATCH_SIZE, Connection, batch_transaction
from usecases.drop.cells.staged_row import COLUMNS, StagedRow
from usecases.drop.formats.layout import Record
from usecases.drop.formats.layouts import LAYOUTS
from usecases.drop.formats.record_splitting import next_part
from usecases.drop.intake.admission import refuse
from usecases.drop.intake.registration import DropFile
from usecases.drop.intake.verification import syntax_of

AHEAD = 3  # batches prepared during one copy: enough for two workers, and all that is in memory

_COLUMNS = ["file_id", "row", "service_id", "outcome", "current", *COLUMNS]
_STAGED = "UPDATE drop_files SET staged_rows = $2, staged_at = CASE WHEN $2 = rows THEN now() END WHERE id = $1"

Staged: TypeAlias = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class TextBatch:
    """Texts of some records of a file; the first has the row number `first`."""

    file_id: UUID
    service_id: UUID | None
    declared: ManifestFile
    produced_at: datetime
    first: int
    texts: list[str]


async def stage_all(connection: Connection, files: list[DropFile], executor: Executor, progress: Progress) -> None:
    """Copy the rows of all files that are not staged yet; a file that changes meanwhile is refused."""
    for file in files:
        if file.staged:
            continue
        try:
            await _stage(connection, file, _staged_batches(file, executor), progress)
        except FileFaultError as fault:
            await refuse(connection, file, fault)


async def _stage(connection: Connection, file: DropFile, batches: AsyncIterator[Staged], progress: Progress) -> None:
    async for staged in batches:
        async with batch_transaction(connection):
            await connection.copy_records_to_table("drop_rows", records=staged, columns=_COLUMNS)
            file.staged_rows += len(staged)
            await connection.execute(_STAGED, file.id, file.staged_rows)
        progress(Step.STAGE, file.staged_rows, file.declared.rows)
    if file.declared.rows == 0:
        await connection.execute(_STAGED, file.id, 0)
    file.staged = True


async def _staged_batches(file: DropFile, executor: Executor) -> AsyncIterator[Staged]:
    """Yield the remaining rows in canonical values, in order, while workers prepare the next ones."""
    loop = asyncio.get_running_loop()
    ready: deque[asyncio.Future[Staged]] = deque()
    async for part in _parts(file):
        ready.append(loop.run_in_executor(executor, canonical, part))
        if len(ready) > AHEAD:
            yield await ready.popleft()
    while ready:
        yield await ready.popleft()


async def _parts(file: DropFile) -> AsyncIterator[TextBatch]:
    found = islice(syntax_of(file.declared).texts(file.path, file.declared), file.staged_rows, None)
    first = file.staged_rows + 1
    while part := await asyncio.to_thread(next_part, found, BATCH_SIZE):
        yield TextBatch(file.id, file.service_id, file.declared, file.produced_at, first, part)
        first += len(part)


def canonical(part: TextBatch) -> Staged:
    """Return the rows of a batch, ready to copy; runs in a worker process."""
    record = syntax_of(part.declared).record
    return [_staged(part, number, record(text, part.declared)) for number, text in enumerate(part.texts, part.first)]


def _staged(part: TextBatch, number: int, record: Record) -> tuple[Any, ...]:
    row = _read(part, record)
    rejected = row.code_key is None
    outcome = Outcome.REJECT_ROW if rejected else None
    return (part.file_id, number, part.service_id, outcome, not rejected, *row.record())


def _read(part: TextBatch, record: Record) -> StagedRow:
    if record.rejected_for:
        return StagedRow(flags=[flag.value for flag in record.rejected_for])
    row = LAYOUTS[part.declared.format].read(record.cells, part.declared, part.produced_at)
    if record.is_windows_1252:
        row.note(Flag.CHARSET_CP1252_IN_LATIN1)
    return row
