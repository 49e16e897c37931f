"""Upper limit: code written by hand for exactly these two questions, on Starlette, asyncpg and orjson."""

import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bench.peers import rights
from bench.peers.request_line import RequestLine
from bench.peers.serving import POOL_SIZE, dsn, serve
from models.db.clock import seconds
from models.db.query import written
from models.session import VIEWER_BY_ACCESS_TOKEN
from server.db.connector import BOUNDS
from server.db.database import COMMAND_TIMEOUT

OWN_MEMBERSHIPS = """
SELECT m.id, m.role, m.organization_id, o.name, o.business_id
FROM memberships m JOIN organizations o ON o.id = m.organization_id
WHERE m.account_id = $1 AND m.status <> 'ENDED' ORDER BY m.id LIMIT $2
"""
ORGANIZATION = "SELECT id FROM organizations WHERE id = $1"
MEMBERS = """
SELECT m.role, m.account_id, a.display_name, a.email
FROM memberships m JOIN accounts a ON a.id = m.account_id
WHERE m.organization_id = $1 AND m.status <> 'ENDED' ORDER BY m.id LIMIT $2
"""
LARGEST_PAGE = 100
VIEWER, _PARAMETERS = written(VIEWER_BY_ACCESS_TOKEN)  # same sessions and rules as ours

Row: TypeAlias = asyncpg.Record


class Endpoint:
    """Answers the two questions."""

    pool: asyncpg.Pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and log it."""
        line = RequestLine()
        asked = orjson.loads(await _body(receive))
        line.operation = asked["operationName"]
        secret = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        async with self.pool.acquire() as connection:
            viewer = await connection.fetchrow(VIEWER, *_session(secret)) if secret else None
            line.statements, line.signed_in = int(bool(secret)), viewer is not None
            root, answer = ANSWERS[line.operation]
            body = await answer(connection, viewer, asked["variables"], line) if viewer else _refused(root)
        await _send(send, line, body)
        line.write(scope)


def _session(secret: bytes) -> list[Any]:
    given = {"secret_hash": hashlib.sha256(secret[7:]).digest(), "now": seconds()}
    return [given[name] for name in _PARAMETERS]


async def _me(connection: Any, viewer: Row, variables: dict[str, Any], line: RequestLine) -> bytes:
    if viewer["tasks"]:
        refusal = {"message": "First do what is open."}
        return orjson.dumps({"data": {"me": _own_details(viewer, None)}, "errors": [refusal]})
    first = min(variables["first"], LARGEST_PAGE)
    rows = await connection.fetch(OWN_MEMBERSHIPS, viewer["account_id"], first + 1)
    line.statements += 1
    more, rows = len(rows) > first, rows[:first]
    readable = _readable(viewer)
    memberships = {
        "edges": [{"node": {"role": row["role"], "organization": _organization(row, readable)}} for row in rows],
        "pageInfo": {"hasNextPage": more, "endCursor": _cursor(rows[-1]["id"]) if rows else None},
    }
    return orjson.dumps({"data": {"me": _own_details(viewer, memberships)}})


def _own_details(viewer: Row, memberships: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": _global_id(b"\1", viewer["account_id"]),
        "email": viewer["account_email"],
        "displayName": viewer["account_display_name"],
        "memberships": memberships,
    }


async def _members(connection: Any, viewer: Row, variables: dict[str, Any], line: RequestLine) -> bytes:
    identity = _identity(variables["id"])
    found = await connection.fetchrow(ORGANIZATION, identity) if identity else None
    line.statements += 1
    role = dict(zip(viewer["organization_ids"], viewer["roles"], strict=True)).get(identity)
    staff = set(viewer["staff_roles"])
    any_organization = not staff.isdisjoint(rights.ALL_ORGANIZATIONS)
    if found is None or viewer["tasks"] or not (any_organization or role in rights.READ):
        return orjson.dumps({"data": {"organization": None}})
    if not (any_organization or role in rights.READ_MEMBERS):
        refusal = {"message": "Ask an administrator of the organization for it."}
        return orjson.dumps({"data": {"organization": {"memberships": None}}, "errors": [refusal]})
    contacts = role in rights.READ_CONTACTS or not staff.isdisjoint(rights.ALL_ACCOUNTS)
    rows = await connection.fetch(MEMBERS, identity, min(variables["first"], LARGEST_PAGE))
    line.statements += 1
    own = viewer["account_id"]
    edges = [{"node": {"role": row["role"], "person": _person(row, own, contacts=contacts)}} for row in rows]
    return orjson.dumps({"data": {"organization": {"memberships": {"edges": edges}}}})


ANSWERS: dict[str | None, tuple[str, Callable[..., Awaitable[bytes]]]] = {
    "Me": ("me", _me),
    "Members": ("organization", _members),
}


def _refused(root: str) -> bytes:
    return orjson.dumps({"data": {root: None}, "errors": [{"message": "Sign in to read this."}]})


def _readable(viewer: Row) -> set[UUID]:
    held = zip(viewer["organization_ids"], viewer["roles"], strict=True)
    return {organization for organization, role in held if role in rights.READ}


def _organization(row: Row, readable: set[UUID]) -> dict[str, Any] | None:
    if row["organization_id"] not in readable:
        return None
    identity = _global_id(b"\2", row["organization_id"])
    return {"id": identity, "name": row["name"], "businessId": row["business_id"]}


def _person(row: Row, own: UUID, *, contacts: bool) -> dict[str, Any]:
    email = row["email"] if contacts or row["account_id"] == own else None
    return {"displayName": row["display_name"], "email": email}


def _global_id(kind: bytes, identity: UUID) -> str:
    return base64.urlsafe_b64encode(kind + identity.bytes + b"\0").decode()


def _cursor(identity: UUID) -> str:
    return base64.urlsafe_b64encode(identity.bytes).rstrip(b"=").decode()


def _identity(global_id: str) -> UUID | None:
    packed = base64.urlsafe_b64decode(global_id)
    return UUID(bytes=packed[1:17]) if packed[0] == 2 else None


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message["body"]
    while message["more_body"]:
        message = await receive()
        body += message["body"]
    return body


async def _send(send: Send, line: RequestLine, body: bytes) -> None:
    line.status = 200
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        *line.headers(),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _as_it_is(_: Any) -> None:
    """Return a connection without a round trip: no request changes settings that would need a reset."""


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    size = {"min_size": POOL_SIZE, "max_size": POOL_SIZE, "max_inactive_connection_lifetime": 0}
    settings = {"server_settings": BOUNDS, "command_timeout": COMMAND_TIMEOUT}
    async with asyncpg.create_pool(dsn(), reset=_as_it_is, **size, **settings) as pool:
        ENDPOINT.pool = pool
        yield


ENDPOINT = Endpoint()

if __name__ == "__main__":
    serve(Starlette(routes=[Route("/graphql", ENDPOINT, methods=["POST"])], lifespan=_lifespan))
