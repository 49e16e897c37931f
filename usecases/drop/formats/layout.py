"""Layouts: splitting of a file into records, and parsing of a record."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from usecases.drop.base.errors import FileFaultError
from usecases.drop.base.flags import Flag
from usecases.drop.base.manifest import ManifestFile
from usecases.drop.cells.staged_row import StagedRow
from usecases.drop.formats.decoding import as_windows_1252, decoded
from usecases.drop.formats.record_splitting import TOO_LONG, bare_lines, quoted_records

_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # NUL and lone surrogates, which no database accepts as text

Cells: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """A record by column name, or the flags that tell why it cannot be read."""

    cells: Cells
    rejected_for: tuple[Flag, ...] = ()
    is_windows_1252: bool = False


@dataclass(frozen=True, slots=True)
class Syntax:
    """Syntax of a file: quick splitting into the texts of records, and slower parsing of each text."""

    texts: Callable[[Path, ManifestFile], Iterator[str]]
    record: Callable[[str, ManifestFile], Record]

    def records(self, path: Path, file: ManifestFile) -> Iterator[Record]:
        """Yield the records of a file; raises FileFaultError if it is not as its manifest says."""
        return (self.record(text, file) for text in self.texts(path, file))


@dataclass(frozen=True, slots=True)
class Layout:
    """One format: its syntax, `read` for a record's canonical values, and the column of the old hash."""

    syntax: Syntax
    read: Callable[[Cells, ManifestFile, datetime], StagedRow]
    hash_column: str | None = None
    name_order_declared: bool = False


def delimited_with_header(columns: list[str]) -> Syntax:
    """Return the syntax of a delimited file whose first record must have exactly these columns (RFC 4180 quoting)."""

    def texts(path: Path, file: ManifestFile) -> Iterator[str]:
        found = quoted_records(decoded(path, file))
        delimiter = file.delimiter or ";"
        if _cells(next(found, ""), delimiter) != columns:
            raise FileFaultError("COLUMNS", f"the header is not {delimiter.join(columns)}; ask for the agreed columns")
        yield from found

    def record(text: str, file: ManifestFile) -> Record:
        if unreadable := _unreadable(text):
            return unreadable
        cells = _cells(text, file.delimiter or ";")
        return Record({}, (Flag.MALFORMED_ROW,)) if cells is None else _named(columns, cells)

    return Syntax(texts, record)


def delimited_without_header(columns: list[str]) -> Syntax:
    """Return the syntax of a delimited file without header or quoting."""

    def record(line: str, file: ManifestFile) -> Record:
        windows = as_windows_1252(line) if file.encoding == "iso-8859-1" else None
        text = windows or line
        if unreadable := _unreadable(text):
            return unreadable
        return _named(columns, text.split(file.delimiter or "\t"), is_windows_1252=windows is not None)

    return Syntax(_lines, record)


def _lines(path: Path, file: ManifestFile) -> Iterator[str]:
    return bare_lines(decoded(path, file))


def _named(columns: list[str], cells: list[str], is_windows_1252: bool = False) -> Record:
    if len(cells) != len(columns):
        return Record({}, (Flag.COLUMN_COUNT,))
    return Record(dict(zip(columns, cells, strict=True)), (), is_windows_1252)


def _cells(text: str, delimiter: str) -> list[str] | None:
    if '"' not in text and len(text) <= csv.field_size_limit():
        return text.split(delimiter) if text else None  # same result as the csv reader, at a fraction of the cost
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _json_record(line: str, _file: ManifestFile) -> Record:
    if unreadable := _unreadable(line):
        return unreadable
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return Record({}, (Flag.MALFORMED_ROW,))
    if not isinstance(value, dict):
        return Record({}, (Flag.MALFORMED_ROW,))
    return Record({}, (Flag.NUL_BYTE,)) if "\\u" in line and _holds(_NO_TEXT, value) else Record(value)


def _holds(characters: re.Pattern[str], value: object) -> bool:
    """Return whether a JSON value contains one of the characters, which the text shows only as an escape.

    A row may be nested as deep as its parser allows, so a list of pending values replaces recursion.
    """
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, str):
            if characters.search(part):
                return True
        elif isinstance(part, dict):
            left += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            left += part
    return False


def _unreadable(text: str) -> Record | None:
    if text == TOO_LONG:
        return Record({}, (Flag.LINE_TOO_LONG,))
    return Record({}, (Flag.NUL_BYTE,)) if "\0" in text else None


JSON_LINES = Syntax(_lines, _json_record)
