"""Admission of a drop's files: each is read whole before any row of it is written."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from models.values.moment import helsinki_time
from usecases.audit.action import Action
from usecases.drop.base.audit import ImportAuditRecord
from usecases.drop.base.drop_file import require_checksum
from usecases.drop.base.errors import FileFaultError
from usecases.drop.base.progress import Progress, Step
from usecases.drop.base.transactions import Connection, batch_transaction
from usecases.drop.intake.registration import DropFile
from usecases.drop.intake.verification import verify

# The same file comes first, even if it is old: it is not an older sequence, but already imported.
_RIVALS = """
SELECT id, sequence, sequence = $2 AND sha256 = $4 AS is_same, staged_at FROM drop_files
WHERE service_id IS NOT DISTINCT FROM $1 AND sequence >= $2 AND id <> $3 AND staged_at IS NOT NULL
    AND drop_id <> (SELECT drop_id FROM drop_files WHERE id = $3)
ORDER BY is_same DESC, sequence DESC LIMIT 1
"""
_FAULT = "UPDATE drop_files SET fault_code = $2, fault = $3, repeats_file_id = $4 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Verification:
    """Result of a verification: a fault, the file that this one repeats, or the pending read."""

    fault: FileFaultError | None = None
    repeats: UUID | None = None
    pending: asyncio.Future[None] | None = None


async def compare_all(files: list[DropFile], progress: Progress) -> None:
    """Compare the files with the imported ones, in threads; a difference becomes the file's mismatch."""
    loop = asyncio.get_running_loop()
    comparing = [loop.run_in_executor(None, _difference, file) for file in files]
    for number, (file, difference) in enumerate(zip(files, comparing, strict=True), start=1):
        file.mismatch = await difference
        progress(Step.VERIFY, number, len(files))


def _difference(file: DropFile) -> FileFaultError | None:
    try:
        require_checksum(file.path, file.declared.sha256)
    except FileFaultError as difference:
        return difference
    return None


async def start_verification(connection: Connection, files: list[DropFile]) -> list[Verification]:
    """Begin to read the files that are not imported yet, in threads; all others are only compared."""
    return [await _start(connection, file) for file in files]


async def accept_files(
    connection: Connection, files: list[DropFile], verifications: list[Verification], progress: Progress
) -> None:
    """Accept each file, or store its fault; a fault of an imported file is its mismatch."""
    for number, (file, verification) in enumerate(zip(files, verifications, strict=True), start=1):
        await _accept(connection, file, verification)
        progress(Step.VERIFY, number, len(files))


async def refuse(connection: Connection, file: DropFile, fault: FileFaultError) -> None:
    """Delete the staged rows of a file that changed while it was read, and store the fault."""
    file.is_accepted, file.staged_rows = False, 0
    async with batch_transaction(connection) as actions:
        await connection.execute("DELETE FROM drop_rows WHERE file_id = $1", file.id)
        await connection.execute("UPDATE drop_files SET staged_rows = 0, staged_at = NULL WHERE id = $1", file.id)
        await _keep_fault(connection, file, fault, actions)


async def _start(connection: Connection, file: DropFile) -> Verification:
    """Begin to read the file, if it is not imported already."""
    read = asyncio.get_running_loop().run_in_executor  # in a thread, while worker processes are started
    if file.is_current:
        return Verification(pending=read(None, require_checksum, file.path, file.declared.sha256))
    try:
        repeats = await _require_newest(connection, file)
    except FileFaultError as fault:
        return Verification(fault)
    if repeats is not None:
        return Verification(repeats=repeats, pending=read(None, require_checksum, file.path, file.declared.sha256))
    return Verification(pending=read(None, verify, file.path, file.declared))


async def _accept(connection: Connection, file: DropFile, verification: Verification) -> None:
    fault = verification.fault
    try:
        if verification.pending is not None:
            await verification.pending
    except FileFaultError as error:
        fault = error
    if file.is_current:
        file.mismatch = fault
        return
    file.is_accepted = fault is None and verification.repeats is None
    async with batch_transaction(connection) as actions:
        if fault is not None:
            await _keep_fault(connection, file, fault, actions)
        else:
            await connection.execute(_FAULT, file.id, None, None, verification.repeats)


async def _keep_fault(
    connection: Connection, file: DropFile, fault: FileFaultError, actions: list[ImportAuditRecord]
) -> None:
    await connection.execute(_FAULT, file.id, fault.code, fault.message, None)
    if fault.code != file.fault_code:
        actions.append(ImportAuditRecord(Action.DROP_FILE_REFUSE, file.id, changes={"fault": fault.code}))


async def _require_newest(connection: Connection, file: DropFile) -> UUID | None:
    """Refuse a file that is older than the current one; return the file that this one repeats to the byte, if any."""
    if file.declared.service is not None and file.service_id is None:
        raise FileFaultError("UNKNOWN_SERVICE", f"no service {file.declared.service}; correct the manifest")
    declared = file.declared
    rival = await connection.fetchrow(_RIVALS, file.service_id, declared.sequence, file.id, declared.sha256)
    if rival is None:
        return None
    if rival["is_same"]:
        repeated: UUID = rival["id"]
        return repeated
    when = helsinki_time(rival["staged_at"])
    raise FileFaultError(
        "OLDER_SEQUENCE", f"sequence {rival['sequence']} was imported on {when}; ask the sender for a newer file"
    )
