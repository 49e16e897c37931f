"""E-mail addresses: the form for delivery, and the one key by which accounts are compared."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from models.values.domain_typo import suspected_domain_typo
from models.values.lookalike import has_mixed_script, skeleton
from models.values.placeholder import is_placeholder
from models.values.refusal import InvalidValue
from models.values.role_words import is_role_word
from models.values.text import clean

__all__ = [
    "EmailAddress",
    "find_addresses",
    "has_mixed_script",
    "is_role_mailbox",
    "parse_email",
    "skeleton",
    "suspected_domain_typo",
]

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets with its angle brackets

# Start of an encoded word (RFC 2047, section 2): in a message header it stands for other text, also another address.
ENCODED_WORD = "=?"

_IDEOGRAPHIC_STOPS = "\N{IDEOGRAPHIC FULL STOP}\N{HALFWIDTH IDEOGRAPHIC FULL STOP}"
_SEPARATORS = re.compile(r"[\s;,|/<>()\[\]\"]+")
# A local part that is valid before every domain (RFC 5322, 3.2.3; RFC 5321, 4.5.3.1.1). In lower case and without an
# encoded IDN both forms of the address are the text as written.
_PLAIN = re.compile(r"(?=[^@]{1,64}@)(?P<local>[a-z0-9]+(?:[._+-][a-z0-9]+)*)@(?!.*xn--)(?P<domain>[a-z0-9.-]+)")
_WORD_BREAKS = re.compile(r"[^a-z]+")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """One mailbox: `delivery` as mail is sent to it (IDN readable), `key` as it is compared (ASCII, lower-case)."""

    delivery: str
    key: str


def parse_email(text: str) -> EmailAddress:
    """Return both forms of one address; dots and plus tags are kept, because only the mail host knows their meaning.

    Raises `EMAIL_MISSING`, `EMAIL_NON_ASCII_LOCAL_PART`, `EMAIL_ENCODED_WORD`, `EMAIL_INVALID`, and the codes of
    `clean`.
    """
    address = clean(text, MAX_LENGTH)
    if not address:
        raise InvalidValue("EMAIL_MISSING", "Give an e-mail address.")
    if _is_disguised(text.strip()):  # the text as typed, because `clean` makes a plain K of a Kelvin sign
        raise _invalid()
    local_part = address.rpartition("@")[0]
    if not local_part.isascii():
        raise InvalidValue("EMAIL_NON_ASCII_LOCAL_PART", "Use only plain letters, digits and .-_+ before the @ sign.")
    if ENCODED_WORD in local_part:
        raise InvalidValue("EMAIL_ENCODED_WORD", "Give an e-mail address without =? in it; no message reaches it.")
    return _validated(address)


def is_role_mailbox(address: EmailAddress) -> bool:
    """Return whether a mailbox belongs to a role and not to a person: any word of the local part is a role word.

    `info.helsinki@`, `helsinki-varasto@` and `myynti2@` count too; a needless warning costs one acknowledgement.
    """
    local_part = address.key.rpartition("@")[0].partition("+")[0]
    return any(is_role_word(word) for word in _WORD_BREAKS.split(local_part) if word)


def find_addresses(cell: str) -> list[str]:
    """Return all address-like parts of a cell in reading order, each once, unparsed; a person chooses among them."""
    pieces = (piece.removeprefix("mailto:").strip(".:'") for piece in _SEPARATORS.split(cell))
    found = (piece for piece in pieces if _is_address_like(piece))
    return list({_comparable(piece): piece for piece in reversed(list(found))}.values())[::-1]


def _validated(address: str) -> EmailAddress:
    """Validate an address. A plain one needs only its domain validated, and the result is cached by domain."""
    if plain := _PLAIN.fullmatch(address):
        domain = _validated_domain(plain["domain"])
        return EmailAddress(f"{plain['local']}@{domain}", f"{plain['local']}@{domain}")
    return _validated_whole(address)


@lru_cache(maxsize=10_000)
def _validated_domain(domain: str) -> str:
    return _validated_whole(f"x@{domain}").key.partition("@")[2]


def _validated_whole(address: str) -> EmailAddress:
    try:
        valid = validate_email(
            address, allow_smtputf8=False, strict=True, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise _invalid() from error
    if valid.ascii_email is None:  # impossible without SMTPUTF8; the key must never be guessed
        raise _invalid()
    return EmailAddress(delivery=valid.normalized, key=valid.ascii_email.lower())


def _invalid() -> InvalidValue:
    return InvalidValue("EMAIL_INVALID", "Write one e-mail address in the form name@company.fi.")


def _is_disguised(address: str) -> bool:
    """Return whether normalising turns a character into ASCII (full-width @, Kelvin sign, long s):

    another's address.
    """
    return any(
        character in _IDEOGRAPHIC_STOPS or any(part.isascii() for part in _compatible(character))
        for character in address
        if not character.isascii()
    )


def _compatible(character: str) -> str:
    composed = unicodedata.normalize("NFKC", character)
    return composed if composed != character else ""


def _is_address_like(piece: str) -> bool:
    local_part, at_sign, domain = piece.rpartition("@")
    return bool(at_sign and local_part and domain) and not is_placeholder(piece)


def _comparable(piece: str) -> str:
    return piece.lower() if piece.isascii() else piece
