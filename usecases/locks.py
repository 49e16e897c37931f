"""Row locks in the one order of all actions: accounts by id, then organizations by id.

Two actions with different orders would deadlock; docs/decisions/0025-lock-order.md has the whole order. All locks are
FOR NO KEY UPDATE, so that inserting a reference to an account or organization does not wait. These functions refuse to
lock an account after an organization, because a deadlock may show only under load.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account
from models.membership import Membership, MembershipStatus, Role
from models.organization import Organization


class LockOrderError(Exception):
    """The action locks an account after an organization; it must lock the account first (`Mutation.locks`)."""


async def lock_account(db: AsyncSession, account_id: UUID | None) -> Account | None:
    """Lock an account and return its present state; None if it does not exist."""
    if account_id is None:
        return None
    _require_order(db, [account_id])
    account = await db.get(Account, account_id, with_for_update={"key_share": True})
    _held(db).accounts.add(account_id)
    return account


async def lock_accounts(db: AsyncSession, account_ids: Collection[UUID]) -> list[Account]:
    """Lock several accounts and return their present states."""
    _require_order(db, account_ids)
    wanted = select(Account).where(Account.id.in_(account_ids)).order_by(Account.id)
    found = await db.scalars(wanted.with_for_update(key_share=True), execution_options=_AS_IT_IS_NOW)
    _held(db).accounts.update(account_ids)
    return list(found)


async def lock_organization(db: AsyncSession, organization_id: UUID) -> Organization | None:
    """Lock an organization and return its present state; None if it does not exist."""
    organization = await db.get(Organization, organization_id, with_for_update={"key_share": True})
    _held(db).any_organization = True
    return organization


async def lock_administered(db: AsyncSession, account_ids: Collection[UUID]) -> list[Organization]:
    """Lock and return the organizations that any of those locked accounts administers, in any status.

    Of two administrators who act at the same instant the second thereby sees the result of the first.
    """
    administers = exists().where(
        Membership.organization_id == Organization.id,
        Membership.account_id.in_(account_ids),
        Membership.role == Role.ADMINISTRATOR,
        Membership.status == MembershipStatus.ACTIVE,
    )
    administered = select(Organization).where(administers).order_by(Organization.id).with_for_update(key_share=True)
    found = await db.scalars(administered, execution_options=_AS_IT_IS_NOW)
    _held(db).any_organization = True
    return list(found)


@dataclass(slots=True)
class _Held:
    """The locks that one transaction has taken so far."""

    transaction: object
    accounts: set[UUID] = field(default_factory=set)
    any_organization: bool = False


def _held(db: AsyncSession) -> _Held:
    """Return the locks of the session's transaction; a new transaction has none."""
    transaction = db.sync_session.get_transaction()
    held = db.info.get(_HELD)
    if not isinstance(held, _Held) or held.transaction is not transaction:
        held = db.info[_HELD] = _Held(transaction)
    return held


def _require_order(db: AsyncSession, account_ids: Iterable[UUID]) -> None:
    held = _held(db)
    late = set(account_ids) - held.accounts
    if held.any_organization and late:
        raise LockOrderError(f"{len(late)} account(s) are locked after an organization; lock them before it")


_HELD = "omaposti.locks"
_AS_IT_IS_NOW = {"populate_existing": True}  # a row that was read before it was locked may have changed since
