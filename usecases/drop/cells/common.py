"""Cells of a row: each becomes a canonical value, or no value and a flag with the reason."""

import re
import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache

from auth.passwords.wrapped_hashes import is_bcrypt_2y, is_expensive, is_weak, recognised
from models.account import Language
from models.values.customer_number import parse_customer_number
from models.values.language import parse_language
from models.values.moment import parse_moment
from models.values.personal_identity_code import redact
from models.values.phone import parse_phone
from models.values.refusal import InvalidValue
from usecases.drop.base.flags import Flag
from usecases.drop.cells.staged_row import StagedRow

DORMANT_AFTER = timedelta(days=730)

# Cached, because a file has few languages, and many rows share a minute of last use.
_language = lru_cache(maxsize=1_000)(parse_language)
_moment = lru_cache(maxsize=10_000)(parse_moment)
_number = lru_cache(maxsize=10_000)(parse_customer_number)

_SIX_DIGITS = re.compile(r"\d{6}")
_FORMULA = re.compile(r"\s*(?:[=@]|[+-]\s*[^\W\d])")


def kept(row: StagedRow, cell: str) -> str:
    """Return a text without personal identity codes, and flag their presence."""
    # Every code begins with six digits; the full search costs more than all other work on a short cell.
    plain = cell if cell.isascii() else unicodedata.normalize("NFKC", cell)
    if not _SIX_DIGITS.search(plain):
        return cell
    text, removed = redact(cell)
    if removed:
        row.note(Flag.PERSONAL_ID_REDACTED)
    return text


def without_identity_code(row: StagedRow, cell: str) -> str:
    """Return an identifying text, or an empty one if a code was in it, because the rest would name somebody else."""
    return cell if kept(row, cell) == cell else ""


def is_formula(row: StagedRow, cell: str) -> bool:
    """Return whether a spreadsheet would run the cell as a formula, and flag it."""
    if _FORMULA.match(cell):
        row.note(Flag.FORMULA)
        return True
    return False


def read_phone(row: StagedRow, cell: str) -> None:
    """Parse the phone number."""
    try:
        row.phone = parse_phone(without_identity_code(row, cell))
    except InvalidValue as refusal:
        row.note(Flag.PHONE_SEVERAL if refusal.code == "PHONE_SEVERAL" else Flag.PHONE_INVALID)


def read_language(row: StagedRow, cell: str | None) -> None:
    """Parse the language of texts, and keep an unsupported one as a preference."""
    try:
        choice = _language(kept(row, cell or ""))
    except InvalidValue:
        row.note(Flag.LANGUAGE_INVALID)
        return
    if choice.missing:
        row.note(Flag.LANGUAGE_MISSING)
        return
    if choice.aliased:
        row.note(Flag.LANGUAGE_ALIAS)
    if choice.preference:
        row.note(Flag.LANGUAGE_UNSUPPORTED, choice.preference)
    row.language, row.preferred_language = Language(choice.language), choice.preference


def read_last_use(row: StagedRow, cell: str, produced_at: datetime) -> None:
    """Parse the time of the last use; a code without use in two years is dormant, a code never used is not."""
    try:
        moment = _moment(kept(row, cell))
    except InvalidValue:
        row.note(Flag.DATE_INVALID)
        return
    if moment.sentinel:
        row.note(Flag.DATE_SENTINEL)
    row.last_used_at = moment.value
    if moment.value is not None and moment.value < produced_at - DORMANT_AFTER:
        row.note(Flag.CODE_DORMANT)


def read_number(row: StagedRow, cell: str) -> str | None:
    """Return a customer or contract number, or None with a flag."""
    if is_formula(row, cell):
        return None
    try:
        return _number(without_identity_code(row, cell))
    except InvalidValue as refusal:
        if refusal.code == "CUSTOMER_NUMBER_SCIENTIFIC":
            row.note(Flag.NUMBER_SCIENTIFIC)
        elif refusal.code != "CUSTOMER_NUMBER_MISSING":
            row.note(Flag.NUMBER_INVALID)
        return None


def read_hash(row: StagedRow, cell: str | None) -> None:
    """Flag if the old password cannot be proved; the row never stores the hash."""
    if not cell:
        row.note(Flag.NO_LEGACY_HASH)
        return
    scheme = recognised(cell)
    if scheme is None:
        row.note(Flag.HASH_UNRECOGNISED)
    elif is_expensive(cell):
        row.note(Flag.HASH_TOO_EXPENSIVE)
    else:
        row.proof_pending = True
        if is_weak(scheme):
            row.note(Flag.HASH_WEAK)
        elif is_bcrypt_2y(cell):
            row.note(Flag.HASH_2Y)
