"""Ordinary, well-written Strawberry server: Strawberry's own view, ORM entities, one session, joined loading."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from graphql import GraphQLError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL

from bench.peers import opaque, rights, tables
from bench.peers.serving import serve
from bench.peers.surroundings import application, note, sessions
from bench.peers.tables import Viewer, viewer_of

DEFAULT_PAGE, LARGEST_PAGE = 20, 100

Info = strawberry.Info[dict[str, Any], None]


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

    display_name: str
    email: str | None


@strawberry.type
class Organization:
    """A business customer."""

    id: strawberry.ID
    name: str
    business_id: str | None
    identity: strawberry.Private[UUID]

    @strawberry.field
    async def memberships(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> "MembershipConnection | None":
        """List the members, for viewers who may read them."""
        role = info.context["viewer"].roles.get(self.identity)
        staff: frozenset[str] = info.context["viewer"].staff_roles
        if role not in rights.READ_MEMBERS and staff.isdisjoint(rights.ALL_ORGANIZATIONS):
            raise GraphQLError("Ask an administrator of the organization for it.", extensions={"code": "FORBIDDEN"})
        statement = select(tables.Membership).where(tables.Membership.organization_id == self.identity)
        found, more = await _page(info, statement.options(joinedload(tables.Membership.account)), first, after)
        contacts = role in rights.READ_CONTACTS or not staff.isdisjoint(rights.ALL_ACCOUNTS)
        own = info.context["viewer"].account.id
        return _connection([_edge(row, _person(row, own, contacts=contacts), self) for row in found], found, more)


@strawberry.type
class Membership:
    """A person in an organization."""

    id: strawberry.ID
    role: Role
    person: Person | None
    organization: Organization | None


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

    id: strawberry.ID
    email: str
    display_name: str
    identity: strawberry.Private[UUID]

    @strawberry.field
    async def memberships(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> MembershipConnection | None:
        """List the person's own memberships."""
        viewer: Viewer = info.context["viewer"]
        if viewer.restricted:
            raise GraphQLError("First do what is open.", extensions={"code": "TASK_OPEN"})
        if self.identity != viewer.account.id:
            raise GraphQLError("Only the person themselves may do this.", extensions={"code": "FORBIDDEN"})
        statement = select(tables.Membership).where(tables.Membership.account_id == self.identity)
        found, more = await _page(info, statement.options(joinedload(tables.Membership.organization)), first, after)
        me = Person(display_name=self.display_name, email=self.email)
        return _connection([_edge(row, me, _reachable(row, viewer)) for row in found], found, more)


@strawberry.type
class Query:
    """The two questions."""

    @strawberry.field
    async def me(self, info: Info) -> Account | None:
        """Return the viewer's account."""
        viewer = _signed_in(info)
        account = viewer.account
        return Account(
            id=strawberry.ID(opaque.global_id("Account", account.id)),
            email=account.email,
            display_name=account.display_name,
            identity=account.id,
        )

    @strawberry.field
    async def organization(self, info: Info, id: strawberry.ID) -> Organization | None:  # noqa: A002 - the argument's name in the API
        """Return an organization, for its members and for staff."""
        viewer = _signed_in(info)
        identity = opaque.identity_of("Organization", id)
        if identity is None:
            return None
        found = await info.context["session"].get(tables.Organization, identity)
        may = viewer.roles.get(identity) in rights.READ or not viewer.staff_roles.isdisjoint(rights.ALL_ORGANIZATIONS)
        return _organization(found) if found is not None and may else None


def _signed_in(info: Info) -> Viewer:
    viewer: Viewer | None = info.context["viewer"]
    note(info, signed_in=viewer is not None)
    if viewer is None:
        raise GraphQLError("Sign in to read this.", extensions={"code": "UNAUTHENTICATED"})
    return viewer


async def _page(
    info: Info, statement: Any, first: int | None, after: str | None
) -> tuple[list[tables.Membership], bool]:
    size = min(DEFAULT_PAGE if first is None else first, LARGEST_PAGE)
    if after is not None:
        statement = statement.where(tables.Membership.id > opaque.identity_at(after))
    ordered = statement.where(tables.Membership.status != "ENDED").order_by(tables.Membership.id).limit(size + 1)
    found = list(await info.context["session"].scalars(ordered))
    return found[:size], len(found) > size


def _connection(
    edges: list[MembershipEdge], found: list[tables.Membership], has_next_page: bool
) -> MembershipConnection:
    end = opaque.cursor(found[-1].id) if found else None
    return MembershipConnection(edges=edges, page_info=PageInfo(has_next_page=has_next_page, end_cursor=end))


def _edge(row: tables.Membership, person: Person, organization: Organization | None) -> MembershipEdge:
    node = Membership(
        id=strawberry.ID(opaque.global_id("Membership", row.id)),
        role=Role(row.role),
        person=person,
        organization=organization,
    )
    return MembershipEdge(cursor=opaque.cursor(row.id), node=node)


def _person(row: tables.Membership, own: UUID, *, contacts: bool) -> Person:
    email = row.account.email if contacts or row.account_id == own else None
    return Person(display_name=row.account.display_name, email=email)


def _reachable(row: tables.Membership, viewer: Viewer) -> Organization | None:
    return _organization(row.organization) if viewer.roles.get(row.organization_id) in rights.READ else None


def _organization(found: tables.Organization) -> Organization:
    identity = strawberry.ID(opaque.global_id("Organization", found.id))
    return Organization(id=identity, name=found.name, business_id=found.business_id, identity=found.id)


class View:
    """Strawberry's view with one session per request."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._view = _View(schema)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        async with sessions() as db:
            scope["state"]["session"] = db
            await self._view(scope, receive, send)


class _View(GraphQL[dict[str, Any], None]):
    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        session: AsyncSession = request.state.session
        return {"session": session, "viewer": await viewer_of(session, request.headers.get("authorization"))}


schema = strawberry.Schema(Query)

if __name__ == "__main__":
    serve(application(View(schema)))
