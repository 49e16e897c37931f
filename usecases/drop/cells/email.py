"""The e-mail cell of an old code's owner: one address, several, or none."""

from models.values.email import (
    EmailAddress,
    find_addresses,
    has_mixed_script,
    is_role_mailbox,
    parse_email,
    skeleton,
    suspected_domain_typo,
)
from models.values.refusal import InvalidValue
from usecases.drop.base.flags import Flag
from usecases.drop.cells.common import without_identity_code
from usecases.drop.cells.staged_row import StagedRow


def read_email(row: StagedRow, cell: str) -> None:
    """Parse the one address of the cell; of several none is picked, they become candidates."""
    text = without_identity_code(row, cell)
    if not text.strip():
        if not row.has(Flag.PERSONAL_ID_REDACTED):
            row.note(Flag.EMAIL_MISSING)
        return
    found = find_addresses(text[:1000]) if text.count("@") > 1 else []
    if len(found) > 1:
        row.note(Flag.EMAIL_MULTIPLE)
        row.email_candidates = _valid(found)
        _judge_letters(row, row.email_candidates)
        return
    _take(row, text)


def has_role_mailbox(row: StagedRow) -> bool:
    """Return whether the mailbox belongs to a role and not to a person."""
    return (
        row.email is not None and row.email_key is not None and is_role_mailbox(EmailAddress(row.email, row.email_key))
    )


def readable(address: EmailAddress) -> str:
    """Return the address for display and delivery: lower-case, with an IDN domain in its own script."""
    return f"{address.key.rpartition('@')[0]}@{address.delivery.rpartition('@')[2]}"


def _take(row: StagedRow, text: str) -> None:
    stripped = text.strip()
    if is_mixed := has_mixed_script(stripped):
        row.note(Flag.EMAIL_MIXED_SCRIPT)
        row.email_skeleton = skeleton(stripped[:254])
    try:
        address = parse_email(text)
    except InvalidValue:
        if not is_mixed:
            row.note(Flag.EMAIL_INVALID)
        return
    row.email, row.email_key = readable(address), address.key
    if stripped != text:
        row.note(Flag.EMAIL_TRIMMED)
    if stripped != stripped.lower():
        row.note(Flag.EMAIL_CASEFOLDED)
    _judge_letters(row, [row.email])
    _judge_domain(row, row.email)


def _judge_letters(row: StagedRow, addresses: list[str]) -> None:
    """Flag a `?`: it is valid before the @, but nearly always stands for a character that an export could not write."""
    if any("?" in address for address in addresses):
        row.note(Flag.EMAIL_LETTER_LOST_SUSPECTED)


def _judge_domain(row: StagedRow, email: str) -> None:
    domain = email.rpartition("@")[2]
    if not domain.isascii():
        row.note(Flag.EMAIL_IDN)
        row.email_skeleton = skeleton(email)
    if suspected_domain_typo(domain):
        row.note(Flag.EMAIL_DOMAIN_TYPO_SUSPECTED)


def _valid(found: list[str]) -> list[str]:
    valid: list[str] = []
    for text in found:
        try:
            valid.append(readable(parse_email(text)))
        except InvalidValue:
            continue
    return valid
