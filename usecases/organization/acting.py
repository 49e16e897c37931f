"""Acting for an organization: its row is locked and the actor's permission is asked again inside the transaction.

The viewer's roles are those of the request's start. Without a second question under the lock, an administrator who is
removed at that moment could still act. Accounts are locked before organizations, as in every action.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import ORGANIZATION_ROLES, OrganizationPermission
from models.account import Account
from models.membership import Membership, MembershipStatus
from models.organization import Organization
from usecases.audit.deed import Author


class PermissionLostError(Exception):
    """The actor is a member and lacks the permission, although the viewer had it when the request began."""


class OrganizationOutOfReachError(Exception):
    """The organization does not exist, or not for the actor any more."""


async def acting_in(
    db: AsyncSession,
    actor: Author,
    organization_id: UUID,
    permission: OrganizationPermission | None,
    account_ids: Collection[UUID] = (),
) -> Organization:
    """Lock and return the organization in which the actor acts; call it before any other statement.

    `permission` is None for an actor who is admitted otherwise: as staff, or because they act on themselves.
    `account_ids` are accounts that the action changes, locked first. Raises OrganizationOutOfReachError or
    PermissionLostError.
    """
    if account_ids:
        accounts = select(Account.id).where(Account.id.in_(account_ids)).order_by(Account.id)
        await db.execute(accounts.with_for_update(key_share=True))
    organization = await db.get(Organization, organization_id, with_for_update={"key_share": True})
    if organization is None:
        raise OrganizationOutOfReachError
    if permission is None:
        return organization
    role = await db.scalar(
        select(Membership.role).where(
            Membership.organization_id == organization_id,
            Membership.account_id == actor.viewer.account_id,
            Membership.status == MembershipStatus.ACTIVE,
        )
    )
    if role is None:
        raise OrganizationOutOfReachError
    if permission not in ORGANIZATION_ROLES[role]:
        raise PermissionLostError
    return organization
