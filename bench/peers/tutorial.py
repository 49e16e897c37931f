"""Strawberry as tutorials teach it: view, ORM entities, a session a resolver, data loaders, permission classes.

Every rule that our own server asks of a membership, its person and its organization is a permission class here, on the
field that returns them, and what it must know is loaded when it asks. It is served by uvicorn as that comes, without
our care for the garbage collector.
"""

from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

import strawberry
import uvicorn
from sqlalchemy import select
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.permission import BasePermission, PermissionExtension

from bench.peers import opaque, rights, tables
from bench.peers.serving import serve
from bench.peers.surroundings import application, note, sessions

DEFAULT_PAGE, LARGEST_PAGE = 20, 100

Info = strawberry.Info[dict[str, Any], None]


@strawberry.enum
class Role(StrEnum):
    """What a member may do."""

    ADMINISTRATOR = "ADMINISTRATOR"
    USER_MANAGER = "USER_MANAGER"
    MEMBER = "MEMBER"


class IsAuthenticated(BasePermission):
    """Whoever is signed in."""

    message = "Sign in to read this."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether there is a viewer."""
        note(info, signed_in=info.context["viewer"] is not None)
        return info.context["viewer"] is not None


class IsSelf(BasePermission):
    """The person herself, once she has done what was open."""

    message = "This is only for the person herself, once nothing is open."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the account is the viewer's own."""
        return bool(source.instance.id == info.context["viewer"].id) and not await _is_restricted(info)


class CanReadMembers(BasePermission):
    """Members whose role reads members, and staff."""

    message = "Ask an administrator of the organization for it."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer's role in the organization lets her."""
        identity = source.instance.id
        return await _has_role(info, identity, rights.READ_MEMBERS) or await _is_staff(info, rights.ALL_ORGANIZATIONS)


class CanReadMembership(BasePermission):
    """The person herself, members whose role reads members, and staff."""

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer may know of this membership."""
        return await _may_read(info, source.instance, rights.READ_MEMBERS, rights.ALL_ORGANIZATIONS)


class CanReadPerson(BasePermission):
    """The person herself, members of the organization, and staff."""

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer may know of this person."""
        return await _may_read(info, source.instance, rights.READ, rights.ALL_ORGANIZATIONS)


class CanReadContacts(BasePermission):
    """The person herself, members whose role reads contact details, and staff."""

    message = "Ask an administrator of the organization for it."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer may see how to reach this person."""
        return await _may_read(info, source.membership, rights.READ_CONTACTS, rights.ALL_ACCOUNTS)


class CanReadOrganization(BasePermission):
    """Members of the organization, and staff."""

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer may know of the organization that a membership is in."""
        return await _may_read_organization(info, source.instance.organization_id)


def null_unless(permission: BasePermission) -> PermissionExtension:
    """Return what makes a field null, without an error, for whoever has not the permission."""
    return PermissionExtension([permission], fail_silently=True)


async def _is_restricted(info: Info) -> bool:
    return bool(await info.context["tasks"].load(info.context["viewer"].id))


async def _has_role(info: Info, organization: UUID, roles: frozenset[str | None]) -> bool:
    return await info.context["roles"].load(organization) in roles and not await _is_restricted(info)


async def _is_staff(info: Info, roles: frozenset[str]) -> bool:
    granted = await info.context["staff_roles"].load(info.context["viewer"].id)
    return not roles.isdisjoint(granted) and not await _is_restricted(info)


async def _may_read(
    info: Info, membership: tables.Membership, roles: frozenset[str | None], staff: frozenset[str]
) -> bool:
    own = membership.account_id == info.context["viewer"].id and not await _is_restricted(info)
    return own or await _has_role(info, membership.organization_id, roles) or await _is_staff(info, staff)


async def _may_read_organization(info: Info, identity: UUID) -> bool:
    return await _has_role(info, identity, rights.READ) or await _is_staff(info, rights.ALL_ORGANIZATIONS)


@strawberry.type
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Person:
    """A person as her organization may see her."""

    instance: strawberry.Private[tables.Account]
    membership: strawberry.Private[tables.Membership]

    @strawberry.field
    def display_name(self) -> str:
        """Return her name."""
        return self.instance.display_name

    @strawberry.field(permission_classes=[CanReadContacts])
    def email(self) -> str | None:
        """Return her e-mail address."""
        return self.instance.email


@strawberry.type
class Organization:
    """A business customer."""

    instance: strawberry.Private[tables.Organization]

    @strawberry.field
    def id(self) -> strawberry.ID:
        """Return the global id."""
        return strawberry.ID(opaque.global_id("Organization", self.instance.id))

    @strawberry.field
    def name(self) -> str:
        """Return the name."""
        return self.instance.name

    @strawberry.field
    def business_id(self) -> str | None:
        """Return the Business ID."""
        return self.instance.business_id

    @strawberry.field(permission_classes=[CanReadMembers])
    async def memberships(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> "MembershipConnection | None":
        """List the members."""
        return await _connection(tables.Membership.organization_id == self.instance.id, first, after)


@strawberry.type
class Membership:
    """A person in an organization."""

    instance: strawberry.Private[tables.Membership]

    @strawberry.field
    def id(self) -> strawberry.ID:
        """Return the global id."""
        return strawberry.ID(opaque.global_id("Membership", self.instance.id))

    @strawberry.field
    def role(self) -> Role:
        """Return what she may do."""
        return Role(self.instance.role)

    @strawberry.field(extensions=[null_unless(CanReadPerson())])
    async def person(self, info: Info) -> Person | None:
        """Return the person."""
        found = await info.context["accounts"].load(self.instance.account_id)
        return Person(instance=found, membership=self.instance)

    @strawberry.field(extensions=[null_unless(CanReadOrganization())])
    async def organization(self, info: Info) -> Organization | None:
        """Return the organization."""
        return Organization(instance=await info.context["organizations"].load(self.instance.organization_id))


@strawberry.type
class MembershipEdge:
    """One item of a list."""

    instance: strawberry.Private[tables.Membership]

    @strawberry.field
    def cursor(self) -> str:
        """Return where the item stands in its list."""
        return opaque.cursor(self.instance.id)

    @strawberry.field(extensions=[null_unless(CanReadMembership())])
    def node(self) -> Membership | None:
        """Return the membership."""
        return Membership(instance=self.instance)


@strawberry.type
class MembershipConnection:
    """A page of a list."""

    edges: list[MembershipEdge]
    page_info: PageInfo


@strawberry.type
class Account:
    """One person's login."""

    instance: strawberry.Private[tables.Account]

    @strawberry.field
    def id(self) -> strawberry.ID:
        """Return the global id."""
        return strawberry.ID(opaque.global_id("Account", self.instance.id))

    @strawberry.field
    def email(self) -> str:
        """Return her e-mail address."""
        return self.instance.email

    @strawberry.field
    def display_name(self) -> str:
        """Return her name."""
        return self.instance.display_name

    @strawberry.field(permission_classes=[IsSelf])
    async def memberships(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> MembershipConnection | None:
        """List her memberships."""
        return await _connection(tables.Membership.account_id == self.instance.id, first, after)


@strawberry.type
class Query:
    """The two questions."""

    @strawberry.field(permission_classes=[IsAuthenticated])
    async def me(self, info: Info) -> Account | None:
        """Return the viewer's account."""
        return Account(instance=info.context["viewer"])

    @strawberry.field(permission_classes=[IsAuthenticated])
    async def organization(self, info: Info, id: strawberry.ID) -> Organization | None:  # noqa: A002 - the argument's name in the API
        """Return an organization, to its members and to staff."""
        identity = opaque.identity_of("Organization", id)
        if identity is None or not await _may_read_organization(info, identity):
            return None
        found = await info.context["organizations"].load(identity)
        return Organization(instance=found) if found is not None else None


async def _connection(owned: Any, first: int | None, after: str | None) -> MembershipConnection:
    size = min(DEFAULT_PAGE if first is None else first, LARGEST_PAGE)
    statement = select(tables.Membership).where(owned, tables.Membership.status != "ENDED")
    if after is not None:
        statement = statement.where(tables.Membership.id > opaque.identity_at(after))
    async with sessions() as session:
        found = list(await session.scalars(statement.order_by(tables.Membership.id).limit(size + 1)))
    rows = found[:size]
    return MembershipConnection(
        edges=[MembershipEdge(instance=row) for row in rows],
        page_info=PageInfo(has_next_page=len(found) > size, end_cursor=opaque.cursor(rows[-1].id) if rows else None),
    )


async def load_accounts(ids: list[UUID]) -> list[tables.Account | None]:
    """Return the accounts in the order of their ids."""
    async with sessions() as session:
        found = await session.scalars(select(tables.Account).where(tables.Account.id.in_(ids)))
    by_id = {account.id: account for account in found}
    return [by_id.get(identity) for identity in ids]


async def load_organizations(ids: list[UUID]) -> list[tables.Organization | None]:
    """Return the organizations in the order of their ids."""
    async with sessions() as session:
        found = await session.scalars(select(tables.Organization).where(tables.Organization.id.in_(ids)))
    by_id = {organization.id: organization for organization in found}
    return [by_id.get(identity) for identity in ids]


async def load_staff_roles(accounts: list[UUID]) -> list[set[str]]:
    """Return the staff roles of each account."""
    granted = tables.StaffGrant.account_id.in_(accounts) & tables.StaffGrant.revoked_at.is_(None)
    async with sessions() as session:
        found = list(await session.scalars(select(tables.StaffGrant).where(granted)))
    return [{grant.role for grant in found if grant.account_id == account} for account in accounts]


async def load_tasks(accounts: list[UUID]) -> list[list[tables.Task]]:
    """Return the open tasks of each account."""
    open_tasks = tables.Task.account_id.in_(accounts) & tables.Task.done_at.is_(None)
    async with sessions() as session:
        found = list(await session.scalars(select(tables.Task).where(open_tasks)))
    return [[task for task in found if task.account_id == account] for account in accounts]


async def load_roles(viewer: tables.Account, organizations: list[UUID]) -> list[str | None]:
    """Return the viewer's role in each organization."""
    held = (tables.Membership.account_id == viewer.id) & (tables.Membership.status == "ACTIVE")
    async with sessions() as session:
        found = await session.scalars(
            select(tables.Membership).where(held, tables.Membership.organization_id.in_(organizations))
        )
    roles = {membership.organization_id: membership.role for membership in found}
    return [roles.get(organization) for organization in organizations]


async def signed_in(authorization: str | None) -> tables.Account | None:
    """Return the account behind an Authorization header."""
    if not authorization:
        return None
    live = select(tables.Account).join(tables.Session, tables.Session.account_id == tables.Account.id)
    async with sessions() as session:
        account: tables.Account | None = await session.scalar(live.where(tables.lives_by(authorization)))
        return account


class View(GraphQL[dict[str, Any], None]):
    """Strawberry's view with the viewer and the loaders of one request."""

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        """Return the context of one request."""
        viewer = await signed_in(request.headers.get("authorization"))
        return {
            "viewer": viewer,
            "accounts": DataLoader(load_fn=load_accounts),
            "organizations": DataLoader(load_fn=load_organizations),
            "roles": DataLoader(load_fn=partial(load_roles, viewer)),
            "staff_roles": DataLoader(load_fn=load_staff_roles),
            "tasks": DataLoader(load_fn=load_tasks),
        }


schema = strawberry.Schema(Query)

if __name__ == "__main__":
    serve(application(View(schema)), uvicorn.Server)  # as it comes
