"""Verification of a file against its manifest: all of it is read before any row is written."""

from collections.abc import Iterator
from pathlib import Path

from usecases.drop.base.drop_file import require_checksum
from usecases.drop.base.errors import FileFaultError
from usecases.drop.base.manifest import REGISTER, ManifestFile
from usecases.drop.formats.layout import JSON_LINES, Record, Syntax
from usecases.drop.formats.layouts import LAYOUTS

REJECTED_SHARE = 4  # above max(1, rows / 4) unreadable rows the file is refused: the delimiter is probably wrong


def verify(path: Path, file: ManifestFile) -> None:
    """Read a file; raise FileFaultError with the reason and the remedy if one of its rows cannot be trusted."""
    require_checksum(path, file.sha256)
    rows = rejected = 0
    for record in records(path, file):
        rows += 1
        if record.rejected_for:
            rejected += 1
            _require_readable(rows, rejected, file)
    if rows != file.rows:
        raise FileFaultError("ROW_COUNT", f"{rows} rows where the manifest says {file.rows}; ask for the whole file")


def records(path: Path, file: ManifestFile) -> Iterator[Record]:
    """Return the records of a file in the layout of its manifest."""
    return syntax_of(file).records(path, file)


def syntax_of(file: ManifestFile) -> Syntax:
    """Return the syntax that the manifest declares for a file."""
    return JSON_LINES if file.format == REGISTER else LAYOUTS[file.format].syntax


def _require_readable(rows: int, rejected: int, file: ManifestFile) -> None:
    limit = max(1, file.rows // REJECTED_SHARE)
    if rejected > limit:
        reason = f"{rejected} of the first {rows} rows cannot be read, the limit is {limit}"
        raise FileFaultError("TOO_MANY_REJECTS", f"{reason}; check the delimiter and the format")
