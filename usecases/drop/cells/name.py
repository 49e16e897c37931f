"""The name cells of an old code, which also show if it belongs to one person at all."""

import re
import unicodedata

from models.legacy_code import LegacyCodeKind
from models.values.organization_name import parse_organization_name
from models.values.person_name import initial_only, looks_like_person, name_initials, parse_person_name
from models.values.refusal import InvalidValue
from usecases.drop.base.flags import Flag
from usecases.drop.cells.common import is_formula, kept
from usecases.drop.cells.email import has_role_mailbox
from usecases.drop.cells.staged_row import StagedRow

_FAMILY_AND_GIVEN = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*) ([^\W\d_]+(?:-[^\W\d_]+)*)")


def read_name(row: StagedRow, cell: str) -> None:
    """Parse a name as the service wrote it; the family name is not guessed."""
    name = _name(row, cell)
    if name is not None:
        row.name, row.name_initials = name, name_initials(name)


def read_family_name_first(row: StagedRow, cell: str) -> None:
    """Parse a name from a column with the family name first; more than two words are kept as they are."""
    read_name(row, cell)
    if row.name and (parts := _FAMILY_AND_GIVEN.fullmatch(row.name)):
        row.family_name, row.given_name = parts.groups()
        row.name = f"{row.given_name} {row.family_name}"


def read_given_and_family(row: StagedRow, given: str, family: str) -> None:
    """Parse a name from two columns; either may be empty."""
    row.given_name = _name(row, given) if given.strip() else None
    row.family_name = _name(row, family) if family.strip() else None
    whole = " ".join(part for part in (row.given_name, row.family_name) if part)
    if whole:
        row.name, row.name_initials = whole[:100], name_initials(whole)
    elif not row.has(Flag.NAME_INVALID):
        row.note(Flag.NAME_MISSING)


def judge_person(row: StagedRow) -> None:
    """Decide if a person uses the code: a role mailbox without a person's name means a shared code.

    One of the two signs alone proves nothing and goes to review. A code that its service declares as shared needs no
    person's name, and a system's credential needs neither name nor mailbox.
    """
    if row.kind is LegacyCodeKind.SYSTEM:
        return
    if has_role_mailbox(row):
        row.note(Flag.ROLE_MAILBOX)
    if row.kind is LegacyCodeKind.SHARED or row.name is None:
        return
    if not looks_like_person(row.name):
        row.note(Flag.NAME_NOT_PERSON)
        if row.has(Flag.ROLE_MAILBOX):
            row.note(Flag.SHARED_SUSPECTED)
            row.kind = LegacyCodeKind.SHARED
    elif initial_only(row.name):
        row.note(Flag.NAME_INITIAL_ONLY)


def read_organization_name(row: StagedRow, cell: str) -> None:
    """Parse the service's name of the organization; it is only compared, because the register gives the name."""
    if not cell.strip() or is_formula(row, cell):
        return
    try:
        row.organization_name = parse_organization_name(kept(row, cell))
    except InvalidValue:
        row.note(Flag.ORG_NAME_INVALID)


def _name(row: StagedRow, cell: str) -> str | None:
    if is_formula(row, cell):
        return None
    text = kept(row, cell)
    try:
        name = parse_person_name(text)
    except InvalidValue as refusal:
        row.note(Flag.NAME_MISSING if refusal.code == "NAME_MISSING" else Flag.NAME_INVALID)
        return None
    if not unicodedata.is_normalized("NFC", text):
        row.note(Flag.NAME_NFC)
    return name
