"""Strawberry as in tutorials: view, ORM entities, a session per resolver, data loaders, permission classes.

Each of our rules on a membership, its person and its organization is a permission class on the field that returns them.
It loads its data when it is checked. uvicorn serves with its defaults, without our settings of the garbage collector.
"""

from enum import StrEnum
from functools import partial
from typing import Any

import strawberry
import uvicorn
from sqlalchemy import select
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

from bench.peers import opaque, tables, tutorial_loaders
from bench.peers.serving import serve
from bench.peers.surroundings import application, sessions
from bench.peers.tutorial_permissions import (
    CanReadContacts,
    CanReadMembers,
    CanReadMembership,
    CanReadOrganization,
    CanReadPerson,
    Info,
    IsAuthenticated,
    IsSelf,
    may_read_organization,
    null_unless,
)

DEFAULT_PAGE, LARGEST_PAGE = 20, 100


@strawberry.enum
class Role(StrEnum):
    """Role of a member."""

    ADMINISTRATOR = "ADMINISTRATOR"
    USER_MANAGER = "USER_MANAGER"
    MEMBER = "MEMBER"


@strawberry.type
class PageInfo:
    """Position of a page in its list."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Person:
    """A person, as their organization may see them."""

    instance: strawberry.Private[tables.Account]
    membership: strawberry.Private[tables.Membership]

    @strawberry.field
    def display_name(self) -> str:
        """Return the person's name."""
        return self.instance.display_name

    @strawberry.field(permission_classes=[CanReadContacts])
    def email(self) -> str | None:
        """Return the person's e-mail address."""
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
        """Return the member's role."""
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
        """Return the position of the item in its list."""
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
        """Return the person's e-mail address."""
        return self.instance.email

    @strawberry.field
    def display_name(self) -> str:
        """Return the person's name."""
        return self.instance.display_name

    @strawberry.field(permission_classes=[IsSelf])
    async def memberships(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> MembershipConnection | None:
        """List the person's memberships."""
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
        """Return an organization, for its members and for staff."""
        identity = opaque.identity_of("Organization", id)
        if identity is None or not await may_read_organization(info, identity):
            return None
        found = await info.context["organizations"].load(identity)
        return Organization(instance=found) if found is not None else None


async def _connection(owned: Any, first: int | None, after: str | None) -> MembershipConnection:
    size = min(DEFAULT_PAGE if first is None else first, LARGEST_PAGE)
    statement = select(tables.Membership).where(owned, tables.Membership.status != "ENDED")
    if after is not None:
        statement = statement.where(tables.Membership.id > opaque.identity_at(after))
    async with sessions() as db:
        found = list(await db.scalars(statement.order_by(tables.Membership.id).limit(size + 1)))
    rows = found[:size]
    return MembershipConnection(
        edges=[MembershipEdge(instance=row) for row in rows],
        page_info=PageInfo(has_next_page=len(found) > size, end_cursor=opaque.cursor(rows[-1].id) if rows else None),
    )


class View(GraphQL[dict[str, Any], None]):
    """Strawberry's view with the viewer and the loaders of one request."""

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        """Return the context of one request."""
        viewer = await tutorial_loaders.signed_in(request.headers.get("authorization"))
        return {
            "viewer": viewer,
            "accounts": DataLoader(load_fn=tutorial_loaders.load_accounts),
            "organizations": DataLoader(load_fn=tutorial_loaders.load_organizations),
            "roles": DataLoader(load_fn=partial(tutorial_loaders.load_roles, viewer)),
            "staff_roles": DataLoader(load_fn=tutorial_loaders.load_staff_roles),
            "tasks": DataLoader(load_fn=tutorial_loaders.load_tasks),
        }


schema = strawberry.Schema(Query)

if __name__ == "__main__":
    serve(application(View(schema)), uvicorn.Server)  # uvicorn's own server class
