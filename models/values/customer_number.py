"""Customer and contract numbers: text as the service gave it, because leading zeros tell customers apart."""

import re

from models.values.placeholder import is_placeholder
from models.values.refusal import InvalidValue
from models.values.text import clean

MAX_LENGTH = 40

_SHAPE = re.compile(r"[^\W_](?:[\w ./-]*[^\W_])?")
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+E[+-]?|E[+-])[0-9]+", re.IGNORECASE)


def parse_customer_number(text: str) -> str:
    """Return the number as written, without outer spaces.

    Raises `CUSTOMER_NUMBER_MISSING` and the codes of `clean`. Raises `CUSTOMER_NUMBER_SCIENTIFIC` if a spreadsheet has
    rounded the number, so that digits are lost. Raises `CUSTOMER_NUMBER_INVALID`, also for formulas, which would run in
    the next spreadsheet.
    """
    number = clean(text, MAX_LENGTH)
    if is_placeholder(number):
        raise InvalidValue("CUSTOMER_NUMBER_MISSING", "Give the customer or contract number.")
    if _SCIENTIFIC.fullmatch(number):
        raise InvalidValue("CUSTOMER_NUMBER_SCIENTIFIC", "Export the column as text; a spreadsheet rounded the number.")
    if not _SHAPE.fullmatch(number):
        raise InvalidValue("CUSTOMER_NUMBER_INVALID", "Use letters, digits, spaces and . / - _ only, at most 40.")
    return number
