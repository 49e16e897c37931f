"""A person changes her own details; every service sees them at once, because there is one place for them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from models.values.person_name import parse_person_name
from models.values.personal_identity_code import redact
from models.values.phone import parse_own_phone
from models.values.refusal import InvalidValue
from usecases.account.mailbox import locked_account
from usecases.audit.action import Action
from usecases.audit.deed import Author, Deed, record
from usecases.refusal import Conflict, Refusal, RefusalCode, RefusedError

# What the client sent by field: an absent field is left, a null one cleared.
ProfileChanges: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Rule:
    """How a field of the profile is read, and whether it may be cleared."""

    parse: Callable[[str], Any]
    may_be_cleared: bool = True


_RULES = {
    "display_name": _Rule(parse_person_name, may_be_cleared=False),
    "given_name": _Rule(parse_person_name),
    "family_name": _Rule(parse_person_name),
    "phone": _Rule(parse_own_phone),
    "language": _Rule(lambda language: language, may_be_cleared=False),
}


async def update_profile(session: AsyncSession, author: Author, version: int, changes: ProfileChanges) -> None:
    """Change the author's own details, all of them or none; what was not sent stays.

    Raises RefusedError: CONFLICT when the details have changed since `version`, INVALID or REQUIRED for a field.
    """
    account = await locked_account(session, author.viewer.account_id)
    assert account is not None, "a viewer's account is kept"
    if account.version != version:
        data = Conflict("Account", account.id)
        raise RefusedError([Refusal(RefusalCode.CONFLICT, "PROFILE_CHANGED_MEANWHILE", ("version",), data=data)])
    parsed = _parse(changes)
    before = {name: getattr(account, name) for name, value in parsed.items() if getattr(account, name) != value}
    if not before:
        return
    for name in before:
        setattr(account, name, parsed[name])
    account.version += 1
    after = {name: parsed[name] for name in before}
    record(session, author, Deed(Action.PROFILE_UPDATE, account.id, changes={"before": before, "after": after}))
    await session.flush()


def _parse(changes: ProfileChanges) -> ProfileChanges:
    """Return the canonical values, or refuse with every reason at once."""
    parsed, refusals = {}, []
    for name, value in changes.items():
        try:
            parsed[name] = _parse_field(_RULES[name], value)
        except InvalidValue as invalid:
            code = RefusalCode.REQUIRED if invalid.code == "REQUIRED" else RefusalCode.INVALID
            refusals.append(Refusal(code, invalid.code, (name,)))
    if refusals:
        raise RefusedError(refusals)
    return parsed


def _parse_field(rule: _Rule, value: Any) -> Any:
    if value is not None:
        parsed = rule.parse(value)
        # After the rule, which bounds the length that is looked through.
        if redact(value)[1]:
            raise InvalidValue("PERSONAL_IDENTITY_CODE", "Leave the personal identity code out; it is never kept.")
        return parsed
    if rule.may_be_cleared:
        return None
    raise InvalidValue("REQUIRED", "This cannot be empty; leave it out to keep it as it is.")
