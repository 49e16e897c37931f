"""Acting for an organization: its row is locked, and the actor's permission is checked again in the transaction.

The viewer's roles are those of the request's start. Without a second check under the lock, an administrator who is
removed at that moment could still act.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import ORGANIZATION_ROLES, OrganizationPermission
from models.account import Account, AccountStatus
from models.membership import Membership, MembershipStatus
from models.organization import Organization
from usecases.audit.audit_record import Actor
from usecases.locks import lock_accounts, lock_organization
from usecases.refusal import DeniedError


class OrganizationOutOfReachError(Exception):
    """The organization does not exist, or not for this actor any more."""


async def acting_in(
    db: AsyncSession,
    actor: Actor,
    organization_id: UUID,
    permission: OrganizationPermission | None,
    account_ids: Collection[UUID],
) -> Organization:
    """Lock and return the organization in which the actor acts; call it before any other lock is taken.

    `permission` is None for an actor who is admitted otherwise: as staff, or because they act on themselves.
    `account_ids` are all the accounts that the action locks, because accounts are locked before organizations. Locking
    another account later raises LockOrderError. Raises OrganizationOutOfReachError, or DeniedError for a member who has
    lost the permission since.
    """
    if account_ids:
        await lock_accounts(db, account_ids)
    organization = await lock_organization(db, organization_id)
    if organization is None:
        raise OrganizationOutOfReachError
    if permission is not None:
        await _require(db, actor, organization_id, permission)
    return organization


async def no_accounts(_db: AsyncSession) -> Collection[UUID]:
    """Return no account, for the `locks` of an action that locks none."""
    return ()


async def _require(db: AsyncSession, actor: Actor, organization_id: UUID, permission: OrganizationPermission) -> None:
    """Check the permission in the locked organization again."""
    role = await db.scalar(
        select(Membership.role)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.organization_id == organization_id,
            Membership.account_id == actor.viewer.account_id,
            Membership.status == MembershipStatus.ACTIVE,
            Account.status == AccountStatus.ACTIVE,
        )
    )
    if role is None:
        raise OrganizationOutOfReachError
    if permission not in ORGANIZATION_ROLES[role]:
        raise DeniedError
