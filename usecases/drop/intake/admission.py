"""Decides which files of a drop are imported: each is read whole before anything of it is written."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from models.values.moment import helsinki_time
from usecases.audit.action import Action
from usecases.drop.base.audit import Entry
from usecases.drop.base.drop_file import require_checksum
from usecases.drop.base.errors import FileFaultError
from usecases.drop.base.progress import Progress, Step
from usecases.drop.base.transactions import Connection, batch
from usecases.drop.intake.registration import DropFile
from usecases.drop.intake.verification import verify

# The same file comes first, however old: it is no older sequence, but imported already.
_RIVALS = """
SELECT id, sequence, sequence = $2 AND sha256 = $4 AS is_same, staged_at FROM drop_files
WHERE service_id IS NOT DISTINCT FROM $1 AND sequence >= $2 AND id <> $3 AND staged_at IS NOT NULL
    AND drop_id <> (SELECT drop_id FROM drop_files WHERE id = $3)
ORDER BY is_same DESC, sequence DESC LIMIT 1
"""
_FAULT = "UPDATE drop_files SET fault_code = $2, fault = $3, repeats_file_id = $4 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a file, or which file it repeats, or how its reading will end."""

    fault: FileFaultError | None = None
    repeats: UUID | None = None
    reading: asyncio.Future[None] | None = None


async def compare_all(files: list[DropFile], progress: Progress) -> None:
    """Compare the files with those that were imported, in threads; a difference becomes its file's mismatch."""
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


async def judge_all(connection: Connection, files: list[DropFile]) -> list[Verdict]:
    """Begin to read the files that are not imported yet, in threads; all others are only compared."""
    return [await _judge(connection, file) for file in files]


async def admit_all(connection: Connection, files: list[DropFile], verdicts: list[Verdict], progress: Progress) -> None:
    """Keep what is wrong with a file as its fault, else accept it; of an imported file it is a mismatch."""
    for number, (file, verdict) in enumerate(zip(files, verdicts, strict=True), start=1):
        await _admit(connection, file, verdict)
        progress(Step.VERIFY, number, len(files))


async def refuse(connection: Connection, file: DropFile, fault: FileFaultError) -> None:
    """Take back what was staged of a file that changed while it was read, and keep the fault."""
    file.is_accepted, file.staged_rows = False, 0
    async with batch(connection) as actions:
        await connection.execute("DELETE FROM drop_rows WHERE file_id = $1", file.id)
        await connection.execute("UPDATE drop_files SET staged_rows = 0, staged_at = NULL WHERE id = $1", file.id)
        await _keep_fault(connection, file, fault, actions)


async def _judge(connection: Connection, file: DropFile) -> Verdict:
    """Begin to read the file, unless it is no news."""
    read = asyncio.get_running_loop().run_in_executor  # a thread of our own: worker processes are started meanwhile
    if file.is_current:
        return Verdict(reading=read(None, require_checksum, file.path, file.declared.sha256))
    try:
        repeats = await _require_newest(connection, file)
    except FileFaultError as fault:
        return Verdict(fault)
    if repeats is not None:
        return Verdict(repeats=repeats, reading=read(None, require_checksum, file.path, file.declared.sha256))
    return Verdict(reading=read(None, verify, file.path, file.declared))


async def _admit(connection: Connection, file: DropFile, verdict: Verdict) -> None:
    fault = verdict.fault
    try:
        if verdict.reading is not None:
            await verdict.reading
    except FileFaultError as error:
        fault = error
    if file.is_current:
        file.mismatch = fault
        return
    file.is_accepted = fault is None and verdict.repeats is None
    async with batch(connection) as actions:
        if fault is not None:
            await _keep_fault(connection, file, fault, actions)
        else:
            await connection.execute(_FAULT, file.id, None, None, verdict.repeats)


async def _keep_fault(connection: Connection, file: DropFile, fault: FileFaultError, actions: list[Entry]) -> None:
    await connection.execute(_FAULT, file.id, fault.code, fault.message, None)
    if fault.code != file.fault_code:
        actions.append(Entry(Action.DROP_FILE_REFUSE, file.id, changes={"fault": fault.code}))


async def _require_newest(connection: Connection, file: DropFile) -> UUID | None:
    """Refuse a file that is older than what we have; return the file that this one repeats to the byte, if any."""
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
