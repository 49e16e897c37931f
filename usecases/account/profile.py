"""Change of one's own details; they have one place, so every service sees the change at once."""

from sqlalchemy.ext.asyncio import AsyncSession

from auth.policies.account import reasons_against_profile_update
from models.values.person_name import parse_person_name
from models.values.phone import parse_own_phone
from usecases.account.mailbox import locked_account
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.changes import Changes, FieldRule, apply_changes, require_version
from usecases.refusal import refuse_for

RULES = {
    "display_name": FieldRule(parse_person_name, may_be_cleared=False),
    "given_name": FieldRule(parse_person_name),
    "family_name": FieldRule(parse_person_name),
    "phone": FieldRule(parse_own_phone),
    "language": FieldRule(lambda language: language, may_be_cleared=False),
}


async def update_profile(db: AsyncSession, actor: Actor, version: int, changes: Changes) -> None:
    """Change the actor's own details, all or none of the given fields; other fields stay.

    Raises RefusedError: CONFLICT when the details have changed since `version`, INVALID or REQUIRED for a field.
    """
    account = await locked_account(db, actor.viewer.account_id)
    assert account is not None, "a viewer's account is kept"
    refuse_for(reasons_against_profile_update(actor.viewer, account.id))
    require_version(account, version)
    changed = apply_changes(account, RULES, changes)
    if changed is not None:
        write_audit(db, actor, AuditRecord(Action.PROFILE_UPDATE, account.id, changes=changed))
        await db.flush()
