"""Finnish personal identity codes (hetu): recognised by shape and removed, because they are never stored.

Shape: DDMMYY, a century mark, three digits and a check character (Digital and Population Data Services Agency). Marks
are +, - and U-Y for the 1900s, A-F for the 2000s; of these only A is older than 2023.
"""

import re
import unicodedata
from calendar import monthrange

from models.values.text import plain_dash

_CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CANDIDATE = re.compile(
    r"(?<![0-9])(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{2})"
    r"(?P<mark> ?[-+] ?|[A-FU-Y]| ?)"
    r"(?P<individual>[0-9]{3})(?P<check>[0-9A-FHJ-NPR-Y])(?![0-9A-Z])"
)
# Digits and letters of machines, in which six digits before a dash occur by chance.
_MACHINE_TOKEN = re.compile(r"(?<![0-9A-Z])([0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}|[0-9A-F]{32,})(?![0-9A-Z])")
_PHONE_PREFIX = re.compile(r"04[0-9]|050")
_LEAP_YEAR = 2000  # the century mark may be wrong, so 29 February is accepted in every year


def redact(text: str) -> tuple[str, int]:
    """Return the text without its personal identity codes, and the number of removed ones.

    A code counts even if its check character is wrong, because a mistyped code still tells the birthday. The check
    character must be right where chance is likely: no century mark, letters around, or a mobile number with a dash.
    """
    removed = 0
    while spans := _spans(text):
        for start, end in reversed(spans):
            text = text[:start] + text[end:]
        removed += len(spans)  # and search again, because the removal may have joined two halves
    return text, removed


def _spans(text: str) -> list[tuple[int, int]]:
    plain = text.upper() if text.isascii() else "".join(_plain(character) for character in text)
    codes = [match for match in _CANDIDATE.finditer(plain) if _is_code(match)]
    machine = [token.span() for token in _MACHINE_TOKEN.finditer(plain)] if codes else []
    return [match.span() for match in codes if not _is_inside(match, machine)]


def _plain(character: str) -> str:
    """Return one upper-case ASCII character for one, so that positions stay:

    full-width digits, dashes, other spaces.
    """
    compatible = unicodedata.normalize("NFKC", character).upper()
    if len(compatible) != 1:
        return character
    if compatible.isdecimal():
        return str(unicodedata.decimal(compatible))
    if compatible.isspace():
        return " "
    return plain_dash(compatible)


def _is_code(match: re.Match[str]) -> bool:
    if not _is_birthday(match) or match["individual"] < "002":
        return False
    return _is_check_right(match) if _is_likely_chance(match) else True


def _is_birthday(match: re.Match[str]) -> bool:
    month = int(match["month"])
    return 1 <= month <= 12 and 1 <= int(match["day"]) <= monthrange(_LEAP_YEAR, month)[1]


def _is_likely_chance(match: re.Match[str]) -> bool:
    mark, check = match["mark"].strip(), match["check"]
    if mark.isalpha():
        return _follows_letter(match)
    if check.isdigit() and (not mark or _PHONE_PREFIX.match(match[0])):
        return True
    return not mark or _follows_letter(match)


def _follows_letter(match: re.Match[str]) -> bool:
    return match.start() > 0 and match.string[match.start() - 1].isalpha()


def _is_check_right(match: re.Match[str]) -> bool:
    if not match["mark"].strip() and match["check"].isdigit():
        return False  # ten digits without a mark are a phone, invoice or customer number
    number = int(match["day"] + match["month"] + match["year"] + match["individual"])
    return _CHECK_CHARACTERS[number % 31] == match["check"]


def _is_inside(match: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    return any(start <= match.start() and match.end() <= end for start, end in spans)
