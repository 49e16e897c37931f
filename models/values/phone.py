"""Telephone numbers: one number in a field, stored as E.164."""

import re
import unicodedata

from models.values.placeholder import is_placeholder
from models.values.refusal import InvalidValue
from models.values.text import clean, plain_dash

MAX_LENGTH = 60
HOME_REGION = "FI"

_MOST_DIGITS = 17  # E.164 allows 15; a national zero in brackets and one more before 00 are possible
_SEPARATORS = re.compile(r"[/,;|&]|(?<=[0-9])\s*\+")
_FOREIGN_SIGN = re.compile(r"[^0-9+()\s./-]")

# An ordinary Finnish mobile number, by the rule of `phonenumbers` (a test compares).
_HOME_MOBILE = re.compile(r"(?:\+358 ?|0)(?P<national>(?:4[ -]?[0-8]|5[ -]?0)(?:[ -]?[0-9]){4,8})")


def parse_phone(text: str) -> str | None:
    """Return one number as E.164, read as Finnish if it has no country code; None for a placeholder.

    Raises `PHONE_SEVERAL`, `PHONE_LETTERS`, `PHONE_INVALID` and the codes of `clean`.
    """
    written = unicodedata.normalize("NFKC", clean(text, MAX_LENGTH))
    if is_placeholder(written):
        return None
    _require_one_number(written)
    plain = (written if written.isascii() else "".join(map(plain_dash, written))).replace("/", " ")
    if _FOREIGN_SIGN.search(plain):
        raise InvalidValue("PHONE_LETTERS", "Write the phone number with digits only, for example 040 123 4567.")
    return _home_mobile(plain) or _e164(plain)


def parse_own_phone(text: str) -> str | None:
    """Return a number that its owner typed. A placeholder such as "x" is refused here: in a drop it means no number.

    Raises the codes of `parse_phone`.
    """
    number = parse_phone(text)
    if number is None and text.strip():
        raise InvalidValue("PHONE_INVALID", "Check the phone number; leave the field empty to have none.")
    return number


def _require_one_number(written: str) -> None:
    """Refuse two numbers, recognised by a separator or too many digits; 09/123 456 is one number with its area code."""
    parts = [part for part in _SEPARATORS.split(written) if _digits(part) > 4]
    if len(parts) > 1 or _digits(written) > _MOST_DIGITS:
        raise InvalidValue("PHONE_SEVERAL", "Give one phone number; leave the others out.")


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))


def _home_mobile(plain: str) -> str | None:
    """Return an ordinary Finnish mobile number at a tenth of the cost, else None; an import parses millions of them."""
    match = _HOME_MOBILE.fullmatch(plain)
    return "+358" + match["national"].replace(" ", "").replace("-", "") if match else None


def _e164(plain: str) -> str:
    import phonenumbers  # noqa: PLC0415 - a megabyte, only for numbers that are no ordinary Finnish ones

    invalid = InvalidValue("PHONE_INVALID", "Check the phone number; write a foreign one with + and its country code.")
    try:
        number = phonenumbers.parse(plain, HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise invalid from error
    if not phonenumbers.is_valid_number(number):
        raise invalid
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
