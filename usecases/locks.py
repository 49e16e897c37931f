"""Row locks in the one order that every action follows: accounts by id, then organizations by id.

An action that took them otherwise would wait for another that waits for it; docs/decisions/0025-lock-order.md has the
whole order. All are FOR NO KEY UPDATE: a row that only refers to an account or organization does not wait for it.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account
from models.membership import Membership, MembershipStatus, Role
from models.organization import Organization


async def lock_account(session: AsyncSession, account_id: UUID | None) -> Account | None:
    """Lock an account and return it as it is now; None when there is no such account."""
    return await session.get(Account, account_id, with_for_update={"key_share": True}) if account_id else None


async def lock_administered(session: AsyncSession, account_ids: Collection[UUID]) -> list[Organization]:
    """Lock the organizations that any of those locked accounts administers, in any status, and return them.

    Of two administrators who act at the same instant the second thereby sees what the first has done.
    """
    administers = exists().where(
        Membership.organization_id == Organization.id,
        Membership.account_id.in_(account_ids),
        Membership.role == Role.ADMINISTRATOR,
        Membership.status == MembershipStatus.ACTIVE,
    )
    administered = select(Organization).where(administers).order_by(Organization.id).with_for_update(key_share=True)
    return list(await session.scalars(administered, execution_options=_AS_IT_IS_NOW))


_AS_IT_IS_NOW = {"populate_existing": True}  # a row that was read before it was locked may have changed since
