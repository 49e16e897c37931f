"""Details of an organization that its administrators keep: contacts and the language of its messages."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.policies.organization import reasons_against_update
from models.organization import Organization
from models.values.email import parse_email
from models.values.phone import parse_own_phone
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.changes import Changes, FieldRule, apply_changes, require_version
from usecases.refusal import refuse_for

RULES = {
    "contact_email": FieldRule(lambda text: parse_email(text).delivery),
    "contact_phone": FieldRule(parse_own_phone),
    "language": FieldRule(lambda language: language),
}


async def update_details(
    db: AsyncSession, actor: Actor, organization: Organization, version: int, changes: Changes
) -> UUID:
    """Change the details of a locked organization, all or none of the given ones, and return its id.

    Raises RefusedError: CONFLICT when the organization has changed since `version`, INVALID or REQUIRED for a field.
    """
    refuse_for(reasons_against_update(actor.viewer, organization.id))
    require_version(organization, version)
    changed = apply_changes(organization, RULES, changes)
    if changed is not None:
        write_audit(
            db, actor, AuditRecord(Action.ORGANIZATION_UPDATE, organization_id=organization.id, changes=changed)
        )
        await db.flush()
    return organization.id
