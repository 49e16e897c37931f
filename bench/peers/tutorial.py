"""Strawberry as tutorials teach it: view, ORM entities, a session a resolver, data loaders, permission classes."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import select
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.permission import BasePermission

from bench.peers import opaque, rights, tables
from bench.peers.serving import serve
from bench.peers.surroundings import application, note, sessions
from bench.peers.tables import Viewer, viewer_of

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
        viewer: Viewer = info.context["viewer"]
        return bool(source.instance.id == viewer.account.id) and not viewer.restricted


class CanReadMembers(BasePermission):
    """Members whose role reads members, and staff."""

    message = "Ask an administrator of the organization for it."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer's role in the organization lets her."""
        viewer: Viewer = info.context["viewer"]
        role = viewer.roles.get(source.instance.id)
        return role in rights.READ_MEMBERS or not viewer.staff_roles.isdisjoint(rights.ALL_ORGANIZATIONS)


class CanReadContacts(BasePermission):
    """The person herself, members whose role reads contact details, and staff."""

    message = "Ask an administrator of the organization for it."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer may see how to reach this person."""
        viewer: Viewer = info.context["viewer"]
        role = viewer.roles.get(source.membership.organization_id)
        own = source.membership.account_id == viewer.account.id
        return own or role in rights.READ_CONTACTS or not viewer.staff_roles.isdisjoint(rights.ALL_ACCOUNTS)


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

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        """Return the person."""
        found = await info.context["accounts"].load(self.instance.account_id)
        return Person(instance=found, membership=self.instance)

    @strawberry.field
    async def organization(self, info: Info) -> Organization | None:
        """Return the organization, to its members."""
        viewer: Viewer = info.context["viewer"]
        if viewer.roles.get(self.instance.organization_id) not in rights.READ:
            return None
        return Organization(instance=await info.context["organizations"].load(self.instance.organization_id))


@strawberry.type
class MembershipEdge:
    """One item of a list."""

    cursor: str
    node: Membership


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
        return Account(instance=info.context["viewer"].account)

    @strawberry.field(permission_classes=[IsAuthenticated])
    async def organization(self, info: Info, id: strawberry.ID) -> Organization | None:  # noqa: A002 - the argument's name in the API
        """Return an organization, to its members and to staff."""
        viewer: Viewer = info.context["viewer"]
        identity = opaque.identity_of("Organization", id)
        if identity is None:
            return None
        found = await info.context["organizations"].load(identity)
        may = viewer.roles.get(identity) in rights.READ or not viewer.staff_roles.isdisjoint(rights.ALL_ORGANIZATIONS)
        return Organization(instance=found) if found is not None and may else None


async def _connection(owned: Any, first: int | None, after: str | None) -> MembershipConnection:
    size = min(DEFAULT_PAGE if first is None else first, LARGEST_PAGE)
    statement = select(tables.Membership).where(owned, tables.Membership.status != "ENDED")
    if after is not None:
        statement = statement.where(tables.Membership.id > opaque.identity_at(after))
    async with sessions() as session:
        found = list(await session.scalars(statement.order_by(tables.Membership.id).limit(size + 1)))
    rows = found[:size]
    return MembershipConnection(
        edges=[MembershipEdge(cursor=opaque.cursor(row.id), node=Membership(instance=row)) for row in rows],
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


class View(GraphQL[dict[str, Any], None]):
    """Strawberry's view with the viewer and the loaders of one request."""

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        """Return the context of one request."""
        async with sessions() as session:
            viewer = await viewer_of(session, request.headers.get("authorization"))
        return {
            "viewer": viewer,
            "accounts": DataLoader(load_fn=load_accounts),
            "organizations": DataLoader(load_fn=load_organizations),
        }


schema = strawberry.Schema(Query)

if __name__ == "__main__":
    serve(application(View(schema)))
