"""Finnish Business IDs and EU VAT numbers: identifiers of organizations, with one canonical form."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from stdnum.eu import vat
from stdnum.fi import ytunnus

from models.values.placeholder import is_placeholder
from models.values.refusal import InvalidValue
from models.values.text import clean, plain_dash

MAX_LENGTH = 40

_PLAIN = re.compile(r"(?P<body>[0-9]{7})-?(?P<check>[0-9])")
_OLD = re.compile(r"(?P<body>[0-9]{6})-(?P<check>[0-9])")
_VAT = re.compile(r"FI-?(?P<body>[0-9]{7})-?(?P<check>[0-9])")
_OVT = re.compile(r"0037(?P<body>[0-9]{7})-?(?P<check>[0-9])[0-9]{0,5}")
_FOREIGN_VAT = re.compile(r"(?P<country>[A-Z]{2})(?=[A-Z0-9+*]*[0-9])[A-Z0-9+*]{2,13}")

# Greece writes EL; GB numbers were EU ones until the end of 2020 and stand in data older than that.
_VAT_COUNTRIES = frozenset({country.upper() for country in vat.MEMBER_STATES} - {"GR"} | {"EL", "GB"})


@dataclass(frozen=True, slots=True)
class BusinessId:
    """A valid Business ID `NNNNNNN-N`, and the corrections that its written form needed."""

    value: str
    padded: bool = False
    from_vat: bool = False

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class ForeignVatNumber:
    """A VAT number of another EU country, as its digits were given."""

    value: str
    country: str


@lru_cache(maxsize=10_000)
def parse_business_id(text: str) -> BusinessId:
    """Return the Business ID in a text: also from a FI VAT number, an OVT code or the old form of six digits.

    Rule: 7 digits and a check (weights 7 9 10 5 8 4 2, modulo 11). A wrong digit is never corrected. Seven digits
    without a dash are not padded: the check digit may be missing, and one guess in eleven would fit by chance. Raises
    `BUSINESS_ID_MISSING`, `BUSINESS_ID_FORMAT`, `BUSINESS_ID_CHECK_DIGIT`, and the codes of `clean`.
    """
    if is_placeholder(clean(text, MAX_LENGTH)):
        raise InvalidValue("BUSINESS_ID_MISSING", "Give the Business ID, for example 1234567-1.")
    written = _without_dressing(text)
    for shape in (_PLAIN, _OLD, _VAT, _OVT):
        if match := shape.fullmatch(written):
            value = f"{match['body'].zfill(7)}-{match['check']}"
            return BusinessId(_checked(value), padded=shape is _OLD, from_vat=shape is _VAT)
    raise InvalidValue("BUSINESS_ID_FORMAT", "Write the Business ID as seven digits, a dash and a check digit.")


def parse_vat_number(text: str) -> BusinessId | ForeignVatNumber:
    """Return the Business ID in a FI VAT number, or another EU country's number without spaces and in upper case.

    A foreign number with wrong check digits is kept. Old services never checked them, and only the customer can correct
    them. Refusing the number would lose the organization. Raises `VAT_NUMBER_FORMAT`, and for FI the codes of
    `parse_business_id`.
    """
    written = _without_dressing(clean(text, MAX_LENGTH)).replace("-", "").replace(".", "")
    if written.startswith("FI"):
        return parse_business_id(written)
    match = _FOREIGN_VAT.fullmatch(written)
    if match is None or match["country"] not in _VAT_COUNTRIES:
        raise InvalidValue("VAT_NUMBER_FORMAT", "Write the VAT number with its EU country letters first: FI12345671.")
    return ForeignVatNumber(written, match["country"])


def _without_dressing(text: str) -> str:
    compatible = unicodedata.normalize("NFKC", text).upper()
    return "".join(plain_dash(character) for character in compatible if not character.isspace())


def _checked(value: str) -> str:
    if value == "0000000-0":  # has a right check digit, but was never issued
        raise InvalidValue("BUSINESS_ID_FORMAT", "Replace the zeros by the Business ID from the business register.")
    if not ytunnus.is_valid(value):
        raise InvalidValue("BUSINESS_ID_CHECK_DIGIT", "Check the Business ID: a digit is wrong or two are swapped.")
    return value
