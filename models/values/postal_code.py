"""Finnish postal codes: five digits as text, because leading zeros matter (00100 is Helsinki)."""

import re
import unicodedata

from models.values.placeholder import is_placeholder
from models.values.refusal import InvalidValue
from models.values.text import clean

MAX_LENGTH = 20

_SHAPE = re.compile(r"(?:FI-?)?([0-9]{5})")


def parse_postal_code(text: str) -> str:
    """Give the five digits, also out of the form for mail from abroad (FI-00100); missing zeros are never guessed.

    Raises `POSTAL_CODE_MISSING`, `POSTAL_CODE_INVALID`, and what `clean` raises.
    """
    written = unicodedata.normalize("NFKC", clean(text, MAX_LENGTH)).upper()
    if is_placeholder(written):
        raise InvalidValue("POSTAL_CODE_MISSING", "Give the five-digit postal code.")
    match = _SHAPE.fullmatch("".join(written.split()))
    if match is None:
        raise InvalidValue("POSTAL_CODE_INVALID", "Write the postal code as five digits, zeros included: 00100.")
    return match[1]
