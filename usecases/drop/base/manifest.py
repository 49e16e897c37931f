"""Manifest of a drop: the expected files, and how to read each."""

import hashlib
from codecs import BOM_UTF8
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from models.db.clock import now
from models.values.moment import EARLIEST_YEAR
from models.values.text import printable
from usecases.drop.base.errors import DropRefusedError
from usecases.regular_file import read_regular

NAME = "manifest.json"
LARGEST = 1_000_000  # bytes; a manifest has a few lines for each file
LONGEST_REASON = 200  # characters
EARLIEST = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # a sender's clock and time zone may be wrong by this
# A plain file name, because a path could lead out of the folder.
FILE_NAME = r"^[^\x00-\x1f/\\:]*[^\x00-\x1f/\\:. ]\Z"

Format = Literal["extranet-csv-1", "smartship-csv-1", "omaposti-jsonl-1", "prinetti-tsv-1", "prh-company-jsonl-3"]
Encoding = Literal["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "iso-8859-1"]
REGISTER: Format = "prh-company-jsonl-3"


class _Written(Struct, rename="camel", forbid_unknown_fields=True, frozen=True):
    pass


class ManifestFile(_Written, frozen=True):
    """One file as the manifest declares it; `rows` does not count the header."""

    name: Annotated[str, Meta(max_length=200, pattern=FILE_NAME)]
    service: Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{0,39}\Z")] | None
    sequence: Annotated[int, Meta(ge=1, lt=2**31)]
    format: Format
    rows: Annotated[int, Meta(ge=0, lt=2**31)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    encoding: Encoding | None = None
    delimiter: Literal[";", ",", "\t", "|"] | None = None

    def __post_init__(self) -> None:
        if (self.service is None) != (self.format == REGISTER):
            raise ValueError("service must be null for the company register, and named for every other format")


class Manifest(_Written, frozen=True):
    """All files of a drop, in the order in which reports list them."""

    format_version: Literal[1]
    produced_at: Annotated[datetime, Meta(tz=True)]
    files: Annotated[list[ManifestFile], Meta(min_length=1, max_length=1_000)]

    def __post_init__(self) -> None:
        if len({file.name for file in self.files}) < len(self.files):
            raise ValueError("every file may be listed once only")
        if len({(file.service, file.sequence) for file in self.files}) < len(self.files):
            raise ValueError("two files of one service need different sequences")


class DropFolder:
    """A folder whose manifest has been read; the manifest's `sha256` identifies the drop."""

    def __init__(self, path: Path, manifest: Manifest, sha256: str) -> None:
        self.path, self.manifest, self.sha256 = path, manifest, sha256

    @property
    def produced_at(self) -> datetime:
        """Return the time at which the services produced the files."""
        return self.manifest.produced_at

    @cached_property
    def unlisted(self) -> list[str]:
        """Return the names in the folder that the manifest does not list; these files are not read."""
        listed = {NAME, *(file.name for file in self.manifest.files)}
        return sorted(printable(entry.name) for entry in self.path.iterdir() if entry.name not in listed)


def open_drop(path: Path) -> DropFolder:
    """Read the manifest of the drop in a folder; raises DropRefusedError if it is missing or cannot be trusted."""
    name = printable(str(path / NAME))
    try:
        content = read_regular(path / NAME, LARGEST)
    except OSError as error:
        raise DropRefusedError(f"cannot read {name} ({error.strerror}); name a folder with a manifest") from None
    try:
        manifest = msgspec.json.decode(content.removeprefix(BOM_UTF8), type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = printable(str(error)[:LONGEST_REASON])  # it may quote the manifest
        raise DropRefusedError(f"{name}: {reason}; ask the sender to correct it") from None
    if not EARLIEST <= manifest.produced_at <= now() + AHEAD:
        reason = f"producedAt must be between {EARLIEST_YEAR} and now"
        raise DropRefusedError(f"{name}: {reason}; ask the sender to correct it")
    return DropFolder(path, manifest, hashlib.sha256(content).hexdigest())
