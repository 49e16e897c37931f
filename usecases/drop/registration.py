"""Entering a drop and its files before their rows, and telling which of them are to be imported."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from uuid_utils.compat import uuid7

from usecases.drop.audit import Entry
from usecases.drop.batches import Connection, batch
from usecases.drop.fault import FileFaultError
from usecases.drop.manifest import DropFolder, ManifestFile
from usecases.drop.progress import Progress, Step
from usecases.drop.verification import verify

_ENTER_DROP = """
INSERT INTO drops (id, manifest_sha256, produced_at) VALUES ($1, $2, $3) ON CONFLICT (manifest_sha256) DO NOTHING
"""
_ENTER_FILES = """
INSERT INTO drop_files (id, drop_id, position, name, service_id, sequence, format, sha256, rows)
SELECT u.id, $1, u.position, u.name, s.id, u.sequence, u.format, u.sha256, u.rows
FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::int[])
    AS u (id, position, name, service, sequence, format, sha256, rows)
LEFT JOIN services AS s ON s.code = u.service
ON CONFLICT (drop_id, position) DO NOTHING
"""
_FILES = """
SELECT id, position, service_id, staged_rows, staged_at IS NOT NULL AS staged, current_rows,
    current_at IS NOT NULL AS is_current, fault_code
FROM drop_files WHERE drop_id = $1 ORDER BY position
"""
_RIVALS = """
SELECT id, sequence, sha256 FROM drop_files
WHERE service_id IS NOT DISTINCT FROM $1 AND sequence >= $2 AND id <> $3 AND staged_at IS NOT NULL
    AND drop_id <> (SELECT drop_id FROM drop_files WHERE id = $3)
ORDER BY sequence DESC LIMIT 1
"""
_FAULT = "UPDATE drop_files SET fault_code = $2, fault = $3, repeats_file_id = $4 WHERE id = $1"


@dataclass(slots=True)
class DropFile:
    """A file of the drop at hand, as declared and as far as it has come."""

    id: UUID
    path: Path
    produced_at: datetime
    declared: ManifestFile
    service_id: UUID | None
    staged_rows: int
    staged: bool
    current_rows: int
    is_current: bool
    fault_code: str | None
    is_accepted: bool = False

    @property
    def unread_rows(self) -> int:
        """Return how many rows there are to read, if the manifest says so rightly."""
        return 0 if self.is_current else self.declared.rows - self.staged_rows


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a file, or which file it repeats, or how its reading will end."""

    fault: FileFaultError | None = None
    repeats: UUID | None = None
    reading: asyncio.Future[None] | None = None


async def enter(connection: Connection, folder: DropFolder) -> tuple[UUID, list[DropFile]]:
    """Enter the drop and its files unless they are known, and return its id and them in the manifest's order."""
    async with batch(connection):
        await connection.execute(_ENTER_DROP, uuid7(), folder.sha256, folder.produced_at)
        drop_id: UUID = await connection.fetchval("SELECT id FROM drops WHERE manifest_sha256 = $1", folder.sha256)
        files = folder.manifest.files
        columns = zip(
            *((uuid7(), n, f.name, f.service, f.sequence, f.format, f.sha256, f.rows) for n, f in enumerate(files)),
            strict=True,
        )
        await connection.execute(_ENTER_FILES, drop_id, *map(list, columns))
    known = await connection.fetch(_FILES, drop_id)
    return drop_id, [
        DropFile(
            row["id"],
            folder.path / declared.name,
            folder.produced_at,
            declared,
            row["service_id"],
            row["staged_rows"],
            row["staged"],
            row["current_rows"],
            row["is_current"],
            row["fault_code"],
        )
        for row, declared in zip(known, files, strict=True)
    ]


async def judge_all(connection: Connection, files: list[DropFile]) -> list[Verdict | None]:
    """Begin to read the files that are not imported yet, in threads; of the others there is no verdict."""
    return [None if file.is_current else await _judge(connection, file) for file in files]


async def admit_all(
    connection: Connection, files: list[DropFile], verdicts: list[Verdict | None], progress: Progress
) -> None:
    """Keep what is wrong with a file as its fault, else accept it."""
    for number, (file, verdict) in enumerate(zip(files, verdicts, strict=True), start=1):
        if verdict is not None:
            await _admit(connection, file, verdict)
        progress(Step.VERIFY, number, len(files))


async def _judge(connection: Connection, file: DropFile) -> Verdict:
    """Begin to read the file, unless it is no news."""
    try:
        repeats = await _require_newest(connection, file)
    except FileFaultError as fault:
        return Verdict(fault)
    if repeats is not None:
        return Verdict(repeats=repeats)
    # In a thread of our own, at once: worker processes are started meanwhile.
    return Verdict(reading=asyncio.get_running_loop().run_in_executor(None, verify, file.path, file.declared))


async def _admit(connection: Connection, file: DropFile, verdict: Verdict) -> None:
    fault = verdict.fault
    try:
        if verdict.reading is not None:
            await verdict.reading
    except FileFaultError as error:
        fault = error
    file.is_accepted = fault is None and verdict.repeats is None
    told = (fault.code, str(fault)) if fault else (None, None)
    async with batch(connection) as deeds:
        await connection.execute(_FAULT, file.id, *told, verdict.repeats)
        if fault is not None and fault.code != file.fault_code:
            deeds.append(Entry("drop.fileRefuse", file.id, changes={"fault": fault.code}))


async def _require_newest(connection: Connection, file: DropFile) -> UUID | None:
    """Refuse a file that is older than what we have; return the file that this one repeats to the byte, if any."""
    if file.declared.service is not None and file.service_id is None:
        raise FileFaultError("UNKNOWN_SERVICE", f"no service {file.declared.service}; correct the manifest")
    rival = await connection.fetchrow(_RIVALS, file.service_id, file.declared.sequence, file.id)
    if rival is None:
        return None
    if (rival["sequence"], rival["sha256"]) == (file.declared.sequence, file.declared.sha256):
        repeated: UUID = rival["id"]
        return repeated
    raise FileFaultError(
        "OLDER_SEQUENCE", f"sequence {rival['sequence']} is imported already; ask the sender for a newer file"
    )


def in_sequence(files: Iterable[DropFile]) -> list[DropFile]:
    """Return the accepted files of services, older sequences first, so that the newest has the last word."""
    accepted = (file for file in files if file.is_accepted and file.service_id is not None)
    return sorted(accepted, key=lambda file: file.declared.sequence)
