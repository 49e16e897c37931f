"""Splitting of text into records: physical lines of bounded length, and quoted records that contain line ends."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

LONGEST = 1 << 20  # characters in a record; a longer one is skipped and never kept
LARGEST_PART = 1 << 24  # characters; parsing a record of small values takes twenty times its text
TOO_LONG = "\0\0"  # marks an over-long record; cannot collide, because records with NUL are rejected

_LINE_END = re.compile(r"\r\n|\r|\n")


def lines(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a text with their ends, which may be those of Windows, Unix or old Mac."""
    rest, past = "", False
    for piece in pieces:
        *whole, rest = _cut(rest + piece)
        for line in whole:
            yield TOO_LONG if past or len(line) > LONGEST else line
            past = False
        if len(rest) > LONGEST:
            rest, past = rest[-1:], True
    if rest:
        yield TOO_LONG if past else rest


def _cut(text: str) -> list[str]:
    """Split a text into lines with their ends; the last has no end yet, as its \\n may come with the next piece."""
    if "\r" not in text or text.count("\r") == text.count("\r\n"):  # quick path for nearly every file
        *whole, rest = text.split("\n")
        return [*(line + "\n" for line in whole), rest]
    ends = [match.end() for match in _LINE_END.finditer(text)]
    if text.endswith("\r"):
        ends.pop()
    return [text[start:end] for start, end in pairwise([0, *ends, len(text)])]


def bare_lines(pieces: Iterable[str]) -> Iterator[str]:
    """Yield each non-empty line without its end."""
    for line in lines(pieces):
        if bare := line.rstrip("\r\n"):
            yield bare


def next_part(records: Iterator[str], most: int) -> list[str]:
    """Return the next records: at most `most`, and not many more than LARGEST_PART characters; none at the end."""
    part, length = [], 0
    for record in islice(records, most):
        part.append(record)
        length += len(record)
        if length >= LARGEST_PART:
            break
    return part


def quoted_records(pieces: Iterable[str]) -> Iterator[str]:
    """Yield each non-empty record without its end; a line end between quotation marks belongs to the record."""
    record: list[str] = []
    length = quotes = 0
    for line in lines(pieces):
        record.append(line)
        length += len(line)
        quotes += line.count('"')
        if quotes % 2 and length <= LONGEST and line != TOO_LONG:
            continue
        whole = TOO_LONG if length > LONGEST or line == TOO_LONG else "".join(record).rstrip("\r\n")
        record, length, quotes = [], 0, 0
        if whole:
            yield whole
    if record:
        yield "".join(record)
