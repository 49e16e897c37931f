"""Organizations and their administrators: at risk, vacant, and active again.

An administrator is effective while the account is active and its e-mail address is confirmed and not bouncing. Some
events take the last effective one away and cannot be refused. They put the organization at risk or leave it vacant, and
its members are told. The caller has locked the account and then the organizations (`usecases.locks`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import CONFIRMATION, Account, AccountStatus, EmailConfirmation
from models.membership import ADMINISTRATORS_OF_ORGANIZATION, Membership, MembershipStatus
from models.organization import Organization, OrganizationStatus
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.locks import lock_administered
from usecases.mail.enqueue import NewMessage, Recipient, enqueue
from usecases.mail.facts import Facts
from usecases.mail.message_kind import MessageKind


async def led_by_nobody_else(
    db: AsyncSession, organizations: Iterable[Organization], account_id: UUID
) -> list[Organization]:
    """Return the active organizations in which that account is the only effective administrator."""
    active = [organization for organization in organizations if organization.status is OrganizationStatus.ACTIVE]
    led = await _with_administrator(db, active, but=account_id)
    return [organization for organization in active if organization.id not in led]


async def put_at_risk(
    db: AsyncSession, actor: Actor, account_id: UUID, *, at_risk_for: timedelta, now: datetime
) -> None:
    """Set the risk dates of organizations that an unreachable administrator leaves without an effective one.

    They become vacant after `at_risk_for`, unless they have an effective administrator before.
    """
    until = now + at_risk_for
    administered = await lock_administered(db, [account_id])
    for organization in await led_by_nobody_else(db, administered, account_id):
        if organization.administrators_at_risk_since is None:
            organization.administrators_at_risk_since, organization.administrators_at_risk_until = now, until
            _record(db, actor, Action.ORGANIZATION_AT_RISK, organization, account_id)
            await _tell_members(db, MessageKind.ADMINISTRATOR_AT_RISK, organization, now, {"until": until})
    await db.flush()


async def vacate(
    db: AsyncSession, actor: Actor, organization: Organization, account_id: UUID | None = None, *, now: datetime
) -> None:
    """Make an organization vacant, because of that account if one is given."""
    organization.status = OrganizationStatus.ADMINISTRATOR_VACANT
    organization.administrators_at_risk_since = organization.administrators_at_risk_until = None
    organization.version += 1
    _record(db, actor, Action.ORGANIZATION_VACATE, organization, account_id)
    await db.flush()
    await _tell_members(db, MessageKind.ADMINISTRATOR_VACANT, organization, now)


async def restore_administered(db: AsyncSession, actor: Actor, account_id: UUID) -> None:
    """End the risk or vacancy of organizations in which that account is an effective administrator again."""
    administered = await lock_administered(db, [account_id])
    led = await _with_administrator(db, administered)
    for organization in administered:
        if organization.id in led and _lacks_administrator(organization):
            organization.version += organization.status is not OrganizationStatus.ACTIVE
            organization.status = OrganizationStatus.ACTIVE
            organization.administrators_at_risk_since = organization.administrators_at_risk_until = None
            _record(db, actor, Action.ORGANIZATION_RESTORE, organization, account_id)
    await db.flush()


async def overdue_organizations(db: AsyncSession, *, now: datetime) -> Sequence[UUID]:
    """Return the ids of the organizations whose time at risk is over."""
    overdue = select(Organization.id).where(Organization.administrators_at_risk_until <= now)
    return list(await db.scalars(overdue.order_by(Organization.administrators_at_risk_until)))


async def vacate_overdue(db: AsyncSession, actor: Actor, organization_id: UUID, *, now: datetime) -> bool:
    """Make an organization vacant after its time at risk; return False if it is not at risk any more, or is vacant."""
    overdue = select(Organization).where(
        Organization.id == organization_id, Organization.administrators_at_risk_until <= now
    )
    organization = await db.scalar(overdue.with_for_update(key_share=True, skip_locked=True))
    if organization is not None:
        await vacate(db, actor, organization, now=now)
    return organization is not None


_WITHOUT = frozenset({OrganizationStatus.AWAITING_ADMINISTRATOR, OrganizationStatus.ADMINISTRATOR_VACANT})


def _lacks_administrator(organization: Organization) -> bool:
    return organization.status in _WITHOUT or organization.administrators_at_risk_since is not None


async def _with_administrator(
    db: AsyncSession, organizations: Iterable[Organization], but: UUID | None = None
) -> frozenset[UUID]:
    """Return the ids of the organizations that have an effective administrator other than the account `but`."""
    ids = [organization.id for organization in organizations]
    if not ids:
        return frozenset()
    effective = ADMINISTRATORS_OF_ORGANIZATION.statement.with_only_columns(Membership.organization_id).where(
        Membership.organization_id.in_(ids), Membership.account_id.is_distinct_from(but)
    )
    return frozenset(await db.scalars(effective))


def _record(
    db: AsyncSession, actor: Actor, action: Action, organization: Organization, account_id: UUID | None
) -> None:
    write_audit(
        db, actor, AuditRecord(action, account_id, organization.id, changes={"organization": organization.name})
    )


_MEMBERS = (
    select(Account)
    .join_from(Membership, Account, Account.id == Membership.account_id)
    .join(EmailConfirmation, CONFIRMATION)
    .where(
        Membership.status == MembershipStatus.ACTIVE,
        Account.status == AccountStatus.ACTIVE,
        Account.email_undeliverable_at.is_(None),
    )
    .order_by(Account.id)
)
_NOTHING_MORE: Facts = {}


async def _tell_members(
    db: AsyncSession, kind: MessageKind, organization: Organization, now: datetime, facts: Facts = _NOTHING_MORE
) -> None:
    """Message every member who can be reached, and no undeliverable address."""
    for member in await db.scalars(_MEMBERS.where(Membership.organization_id == organization.id)):
        to = Recipient(member.id, str(member.email), str(member.email_key), member.language, member.display_name)
        enqueue(db, NewMessage(kind, to, {"organization": organization.name, **facts}), now)
