"""Loading for the tutorial's peer: the viewer, and data loaders, each statement in a session of its own."""

from uuid import UUID

from sqlalchemy import select

from bench.peers import tables
from bench.peers.surroundings import sessions


async def load_accounts(ids: list[UUID]) -> list[tables.Account | None]:
    """Return the accounts in the order of their ids."""
    async with sessions() as db:
        found = await db.scalars(select(tables.Account).where(tables.Account.id.in_(ids)))
    by_id = {account.id: account for account in found}
    return [by_id.get(identity) for identity in ids]


async def load_organizations(ids: list[UUID]) -> list[tables.Organization | None]:
    """Return the organizations in the order of their ids."""
    async with sessions() as db:
        found = await db.scalars(select(tables.Organization).where(tables.Organization.id.in_(ids)))
    by_id = {organization.id: organization for organization in found}
    return [by_id.get(identity) for identity in ids]


async def load_staff_roles(accounts: list[UUID]) -> list[set[str]]:
    """Return the staff roles of each account."""
    granted = tables.StaffGrant.account_id.in_(accounts) & tables.StaffGrant.revoked_at.is_(None)
    async with sessions() as db:
        found = list(await db.scalars(select(tables.StaffGrant).where(granted)))
    return [{grant.role for grant in found if grant.account_id == account} for account in accounts]


async def load_tasks(accounts: list[UUID]) -> list[list[tables.Task]]:
    """Return the open tasks of each account."""
    open_tasks = tables.Task.account_id.in_(accounts) & tables.Task.done_at.is_(None)
    async with sessions() as db:
        found = list(await db.scalars(select(tables.Task).where(open_tasks)))
    return [[task for task in found if task.account_id == account] for account in accounts]


async def load_roles(viewer: tables.Account | None, organizations: list[UUID]) -> list[str | None]:
    """Return the viewer's role in each organization."""
    if viewer is None:
        return [None] * len(organizations)
    held = (tables.Membership.account_id == viewer.id) & (tables.Membership.status == "ACTIVE")
    async with sessions() as db:
        found = await db.scalars(
            select(tables.Membership).where(held, tables.Membership.organization_id.in_(organizations))
        )
    roles = {membership.organization_id: membership.role for membership in found}
    return [roles.get(organization) for organization in organizations]


async def signed_in(authorization: str | None) -> tables.Account | None:
    """Return the account behind an Authorization header."""
    if not authorization:
        return None
    live = select(tables.Account).join(tables.Session, tables.Session.account_id == tables.Account.id)
    async with sessions() as db:
        account: tables.Account | None = await db.scalar(live.where(tables.lives_by(authorization)))
        return account
