"""Strict decoding of bytes to text: the manifest's encoding, else a BOM, else UTF-8, else Windows-1252."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from usecases.drop.base.drop_file import chunks, opened
from usecases.drop.base.errors import FileFaultError
from usecases.drop.base.manifest import ManifestFile

CHUNK = 1 << 18  # bytes read at a time

_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]

# UTF-8 read as Windows-1252 or ISO-8859-1: Ã¤ for ä, Â° for °. No Finnish or Swedish word has these pairs.
_MOJIBAKE = re.compile(
    "Ã[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|Â[\u00a0-\u00bf]|â(?:\u20ac[\u0080-\u00bf\u0152-\u2122]|\u201a\u00ac|\u0080[\u0080-\u00bf]|\u0082\u00ac)"
)
_C1_CONTROL = re.compile("[\u0080-\u009f]")


def decoded(path: Path, file: ManifestFile) -> Iterator[str]:
    """Yield the text of a file in pieces.

    Raises FileFaultError if the text is not in the encoding or was damaged before. At its end, it raises the error if
    the file has changed since it was verified.
    """
    encoding = file.encoding or _found_encoding(path)
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding  # many programs write a BOM although none was declared
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    before = ""
    try:
        for chunk in chunks(path, file.sha256, CHUNK):
            text = decoder.decode(chunk)
            _require_undamaged(before + text)
            before = text[-2:]  # a damaged character may lie across two pieces
            yield text
        yield decoder.decode(b"", final=True)
    except UnicodeError:
        raise FileFaultError("ENCODING", f"not valid {encoding}; ask for the file in its declared encoding") from None


def as_windows_1252(text: str) -> str | None:
    """Decode a row that was declared ISO-8859-1 as Windows-1252; None if both give the same text.

    Bytes 80-9F are control characters in ISO-8859-1, and € or Ž in Windows-1252. Nobody types control characters into a
    name, and WHATWG Encoding reads every ISO-8859-1 as Windows-1252. Raises FileFaultError for the five bytes that
    neither has.
    """
    if not _C1_CONTROL.search(text):
        return None
    try:
        return text.encode("iso-8859-1").decode("windows-1252")
    except UnicodeError:
        raise FileFaultError("ENCODING", "neither ISO-8859-1 nor Windows-1252; ask the sender for UTF-8") from None


def _found_encoding(path: Path) -> str:
    with opened(path) as file:
        start = file.read(4)
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return encoding
    return "utf-8" if _is_utf_8(path) else "windows-1252"


def _is_utf_8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with opened(path) as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _require_undamaged(text: str) -> None:
    if "\N{REPLACEMENT CHARACTER}" in text:
        raise FileFaultError("DAMAGED_TEXT", "letters were lost (U+FFFD) before we got the file; ask for it again")
    # A check for each first character is much quicker than the search, and most texts have none of them.
    if any(first in text for first in "ÃÂâ") and (match := _MOJIBAKE.search(text)):
        raise FileFaultError("DAMAGED_TEXT", f"letters were decoded wrongly ({match[0]!r}); ask for the file again")
