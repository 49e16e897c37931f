"""Wrapping of old hashes: from the file through argon2id in worker processes directly to the old codes."""

import asyncio
from array import array
from collections.abc import Iterator
from concurrent.futures import Executor
from itertools import islice

from auth.passwords.wrapped_hashes import WrappedHash, recognised, wrap
from models.legacy_code import LegacyCodeStatus
from usecases.drop.base.columns import columns
from usecases.drop.base.errors import FileFaultError
from usecases.drop.base.progress import Progress, Step
from usecases.drop.base.transactions import Connection, batch_transaction
from usecases.drop.base.workers import workers
from usecases.drop.formats.layouts import LAYOUTS
from usecases.drop.intake.registration import DropFile
from usecases.drop.intake.verification import records

HASHES = 256  # in a batch: some seconds of work, which a kill may lose
FEW = 64  # threads wrap this many hashes sooner than worker processes would start

# Statuses in which the old password proves nothing any more, so that a later file must not store its hash again.
_OVER = f"'{LegacyCodeStatus.SPLIT}', '{LegacyCodeStatus.RETIRED}'"

_PENDING = 'SELECT count(*) FROM drop_rows WHERE file_id = $1 AND "current" AND proof_pending'
_PENDING_OF = """
SELECT row FROM drop_rows WHERE file_id = $1 AND "current" AND proof_pending AND row = ANY ($2::int[])
"""
_STORE = f"""
UPDATE legacy_codes AS c SET proof_scheme = u.scheme, proof_settings = u.settings, proof_hash = u.hash
FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) AS u (row, scheme, settings, hash)
JOIN drop_rows AS r ON r.file_id = $1 AND r.row = u.row
WHERE c.service_id = r.service_id AND c.code_key = r.code_key AND c.status NOT IN ({_OVER})
"""  # noqa: S608 - only names of statuses are put in
_MARK_WRAPPED = "UPDATE drop_rows SET proof_pending = false WHERE file_id = $1 AND row = ANY ($2::int[])"
_TAKE_BACK = """
WITH pending AS (
    UPDATE drop_rows SET proof_pending = true WHERE file_id = $1 AND row = ANY ($2::int[])
    RETURNING service_id, code_key
)
UPDATE legacy_codes AS c SET proof_scheme = NULL, proof_settings = NULL, proof_hash = NULL
FROM pending AS p WHERE c.service_id = p.service_id AND c.code_key = p.code_key
"""


async def wrap_hashes(connection: Connection, file: DropFile, progress: Progress) -> None:
    """Wrap the pending hashes of a file; if the file changes meanwhile, delete the hashes that it gave."""
    pending = await connection.fetchval(_PENDING, file.id)
    column = LAYOUTS[file.declared.format].hash_column
    if not pending or column is None:
        return
    wrapped = array("i")
    try:
        with workers(pending, FEW, wrap) as executor:
            for part in _parts(file, column):
                wrapped.extend(await _wrap(connection, file, part, executor))
                progress(Step.WRAP, len(wrapped), pending)
    except FileFaultError as fault:
        file.mismatch = fault
        async with batch_transaction(connection):
            await connection.execute(_TAKE_BACK, file.id, wrapped)


async def _wrap(connection: Connection, file: DropFile, part: dict[int, str], executor: Executor) -> list[int]:
    rows = [row["row"] for row in await connection.fetch(_PENDING_OF, file.id, list(part))]
    if not rows:
        return []
    if not all(recognised(part[row]) for row in rows):
        raise FileFaultError("CHANGED", "the file changed while it was read; import again with the former one")
    loop = asyncio.get_running_loop()
    # No transaction is open while the hashes are wrapped, except that of a dry run.
    hashed: list[WrappedHash] = await asyncio.gather(*(loop.run_in_executor(executor, wrap, part[row]) for row in rows))
    async with batch_transaction(connection):
        wrapped = columns((row, p.scheme, p.settings, p.hash) for row, p in zip(rows, hashed, strict=True))
        await connection.execute(_STORE, file.id, *wrapped)
        await connection.execute(_MARK_WRAPPED, file.id, rows)
    return rows


def _parts(file: DropFile, column: str) -> Iterator[dict[int, str]]:
    """Yield the hashes of a file by row number, HASHES at a time."""
    cells = ((number, record.cells.get(column)) for number, record in enumerate(records(file.path, file.declared), 1))
    hashes = ((number, cell) for number, cell in cells if isinstance(cell, str) and cell)
    while part := dict(islice(hashes, HASHES)):
        yield part
