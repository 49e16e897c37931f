"""Candidates: members who could be appointed administrator in place of the last one."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import CONFIRMATION, Account, AccountStatus, EmailConfirmation
from models.membership import Membership, MembershipStatus, Role

MOST_CANDIDATES = 20  # in one refusal; an interface lists the others by a query


async def candidates(db: AsyncSession, organization_ids: Collection[UUID], but: UUID | None) -> tuple[UUID, ...]:
    """Return the memberships of the people, other than the account `but`, who would be effective administrators."""
    found = (
        select(Membership.id)
        .join(Account, Account.id == Membership.account_id)
        .join(EmailConfirmation, CONFIRMATION)
        .where(
            Membership.organization_id.in_(organization_ids),
            Membership.status == MembershipStatus.ACTIVE,
            Account.id != but,
            Account.status == AccountStatus.ACTIVE,
            Account.email_undeliverable_at.is_(None),
        )
        .order_by(Membership.role != Role.USER_MANAGER, Membership.id)
        .limit(MOST_CANDIDATES)
    )
    return tuple(await db.scalars(found))
