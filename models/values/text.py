"""The first check of every typed or imported text, before its own rule."""

import re
import unicodedata

from models.values.refusal import InvalidValue

# Padding of fixed-width exports and decomposed letters may exceed the maximum length; work on hostile input is bounded.
RAW_LENGTH_FACTOR = 4

# Control, format (bidi, zero-width, soft hyphen), surrogate, private use, unassigned, line and paragraph separator.
_FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

# Drawn as nothing, although Unicode counts them as letters, marks or symbols (UAX 44, Default_Ignorable_Code_Point).
_INVISIBLE = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
_INVISIBLE |= set(range(0x180B, 0x1810)) | set(range(0xFE00, 0xFE10)) | set(range(0xE0100, 0xE01F0))

_REPLACEMENT_CHARACTER = "\N{REPLACEMENT CHARACTER}"

# Forbidden characters that `str.isprintable` accepts; it also refuses every space but the ordinary one.
_PRINTABLE_YET_FORBIDDEN = re.compile(f"[{''.join(map(chr, sorted(_INVISIBLE)))}{_REPLACEMENT_CHARACTER}]")


def clean(text: str, max_length: int) -> str:
    """Return the trimmed NFC form of a text of at most `max_length` code points; an empty text stays empty.

    The length is checked before normalising, because normalising a text of any length is free work for an attacker.
    Raises `TEXT_TOO_LONG` and `TEXT_FORBIDDEN_CHARACTER`.
    """
    _require_length(text, max_length * RAW_LENGTH_FACTOR, max_length)
    _require_visible(text)
    normalised = unicodedata.normalize("NFC", text).strip()
    _require_length(normalised, max_length, max_length)
    return normalised


def clean_line(text: str, max_length: int) -> str:
    """Return the `clean` form with single spaces, as names are compared and shown."""
    return " ".join(clean(text, max_length).split())


def is_forbidden(character: str) -> bool:
    """Return whether a character can deceive a reader or break a database, a mail header or a report."""
    if character.isascii():
        return not character.isprintable()
    return (
        unicodedata.category(character) in _FORBIDDEN_CATEGORIES
        or ord(character) in _INVISIBLE
        or character == _REPLACEMENT_CHARACTER
    )


def printable(text: str) -> str:
    """Return a text for one line of a terminal: control characters and bytes that are no UTF-8 are escaped."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def plain_dash(character: str) -> str:
    """Return the ASCII dash for any dash or minus sign (word processors make en dashes of them), others unchanged."""
    return "-" if unicodedata.category(character) == "Pd" or character == "\N{MINUS SIGN}" else character


def _require_length(text: str, limit: int, max_length: int) -> None:
    if len(text) > limit:
        raise InvalidValue("TEXT_TOO_LONG", f"Shorten the text to at most {max_length} characters.")


def _require_visible(text: str) -> None:
    # One or two quick checks settle nearly every text; an import reads millions of them.
    if text.isprintable() and (text.isascii() or not _PRINTABLE_YET_FORBIDDEN.search(text)):
        return
    if any(is_forbidden(character) for character in text):
        raise InvalidValue(
            "TEXT_FORBIDDEN_CHARACTER",
            "Remove line breaks, control characters and invisible characters, or type the text again by hand.",
        )
