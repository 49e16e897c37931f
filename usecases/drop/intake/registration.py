"""Registration of a drop and its files before their rows, and the choice of the files to import."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from uuid_utils.compat import uuid7

from usecases.drop.base.columns import columns
from usecases.drop.base.errors import FileFaultError
from usecases.drop.base.manifest import DropFolder, ManifestFile
from usecases.drop.base.transactions import Connection, batch_transaction
from usecases.drop.decide.facts import Row

_REGISTER_DROP = """
INSERT INTO drops (id, manifest_sha256, produced_at) VALUES ($1, $2, $3) ON CONFLICT (manifest_sha256) DO NOTHING
"""
_DROP = "SELECT id, completed_at FROM drops WHERE manifest_sha256 = $1"
_REGISTER_FILES = """
INSERT INTO drop_files (id, drop_id, position, name, service_id, sequence, format, sha256, rows)
SELECT u.id, $1, u.position, u.name, s.id, u.sequence, u.format, u.sha256, u.rows
FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::int[])
    AS u (id, position, name, service, sequence, format, sha256, rows)
LEFT JOIN services AS s ON s.code = u.service
ON CONFLICT (drop_id, position) DO NOTHING
"""
_FILES = """
SELECT id, position, service_id, staged_rows, staged_at IS NOT NULL AS staged, current_rows, current_at, fault_code
FROM drop_files WHERE drop_id = $1 ORDER BY position
"""


@dataclass(slots=True)
class DropFile:
    """A file of the current drop, as declared and with its progress.

    `imported_at` is when an earlier run of the import made it current. `mismatch` is the difference between the file in
    the folder and the imported one.
    """

    id: UUID
    path: Path
    produced_at: datetime
    declared: ManifestFile
    service_id: UUID | None
    staged_rows: int
    staged: bool
    current_rows: int
    imported_at: datetime | None
    fault_code: str | None
    is_current: bool = False
    is_accepted: bool = False
    mismatch: FileFaultError | None = None

    @property
    def unread_rows(self) -> int:
        """Return the number of rows still to read, according to the manifest."""
        return 0 if self.is_current else self.declared.rows - self.staged_rows


@dataclass(frozen=True, slots=True)
class RegisteredDrop:
    """A drop with its files in the manifest's order; `completed_at` is when all of it was imported."""

    id: UUID
    completed_at: datetime | None
    files: list[DropFile]


async def register_drop(connection: Connection, folder: DropFolder) -> RegisteredDrop:
    """Register the drop and its files if they are new, and return them."""
    async with batch_transaction(connection):
        await connection.execute(_REGISTER_DROP, uuid7(), folder.sha256, folder.produced_at)
        drop = await connection.fetchrow(_DROP, folder.sha256)
        files = folder.manifest.files
        entries = columns(
            (uuid7(), n, f.name, f.service, f.sequence, f.format, f.sha256, f.rows) for n, f in enumerate(files)
        )
        await connection.execute(_REGISTER_FILES, drop["id"], *entries)
    known = await connection.fetch(_FILES, drop["id"])
    registered = [_file(folder, row, declared) for row, declared in zip(known, files, strict=True)]
    return RegisteredDrop(drop["id"], drop["completed_at"], registered)


def _file(folder: DropFolder, row: Row, declared: ManifestFile) -> DropFile:
    return DropFile(
        row["id"],
        folder.path / declared.name,
        folder.produced_at,
        declared,
        row["service_id"],
        row["staged_rows"],
        row["staged"],
        row["current_rows"],
        row["current_at"],
        row["fault_code"],
        is_current=row["current_at"] is not None,
    )


def in_sequence(files: Iterable[DropFile]) -> list[DropFile]:
    """Return the accepted files of services, older sequences first, so that the newest one prevails."""
    accepted = (file for file in files if file.is_accepted and file.service_id is not None)
    return sorted(accepted, key=lambda file: file.declared.sequence)
