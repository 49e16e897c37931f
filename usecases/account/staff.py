"""Staff roles: granted and revoked on the command line only, for people who have an account of their own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus
from models.staff import StaffGrant, StaffRole
from usecases.account.mailbox import account_with
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.refusal import Refusal, RefusalCode, RefusedError

_LIVE = StaffGrant.revoked_at.is_(None)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A staff role of a person; `status` is the account's, because only an active account may use its role."""

    email: str | None
    display_name: str
    status: AccountStatus
    role: StaffRole
    granted_by: str
    granted_at: datetime


async def grant_staff_role(db: AsyncSession, actor: Actor, email_key: str, role: StaffRole, *, now: datetime) -> bool:
    """Grant an active account a staff role; return False when it has the role already.

    Raises RefusedError NOT_FOUND when no active account has that e-mail.
    """
    account = await db.scalar(
        select(Account)
        .where(Account.email_key == email_key, Account.status == AccountStatus.ACTIVE)
        .with_for_update(key_share=True)
    )
    if account is None:
        raise RefusedError([Refusal(RefusalCode.NOT_FOUND, "ACCOUNT_NOT_FOUND", ("email",))])
    if await db.scalar(select(StaffGrant).where(StaffGrant.account_id == account.id, StaffGrant.role == role, _LIVE)):
        return False
    db.add(StaffGrant(account_id=account.id, role=role, granted_by=actor.name or "unknown", granted_at=now))
    write_audit(db, actor, AuditRecord(Action.STAFF_GRANT, account.id, changes={"role": role}))
    await db.flush()
    return True


async def revoke_staff_role(db: AsyncSession, actor: Actor, email_key: str, role: StaffRole, *, now: datetime) -> bool:
    """Revoke a staff role of an account in any state; return False when it does not have the role.

    Raises RefusedError NOT_FOUND when no account has that e-mail.
    """
    account = await account_with(db, email_key)
    if account is None:
        raise RefusedError([Refusal(RefusalCode.NOT_FOUND, "ACCOUNT_NOT_FOUND", ("email",))])
    held = update(StaffGrant).where(StaffGrant.account_id == account.id, StaffGrant.role == role, _LIVE)
    if await db.scalar(held.values(revoked_at=now).returning(StaffGrant.id)) is None:
        return False
    write_audit(db, actor, AuditRecord(Action.STAFF_REVOKE, account.id, changes={"role": role}))
    await db.flush()
    return True


async def staff_members(db: AsyncSession) -> list[StaffMember]:
    """Return all granted staff roles, by e-mail and role."""
    found = (
        select(
            Account.email,
            Account.display_name,
            Account.status,
            StaffGrant.role,
            StaffGrant.granted_by,
            StaffGrant.granted_at,
        )
        .join_from(StaffGrant, Account, Account.id == StaffGrant.account_id)
        .where(_LIVE)
        .order_by(Account.email_key, StaffGrant.role)
    )
    return [StaffMember(*row) for row in await db.execute(found)]
