"""Requests that another site's page makes a signed-in visitor's browser send have no effect and reveal nothing (B50).

There is no CSRF token to guess: our pages add a header that another site's page cannot send.
"""

import json
from collections.abc import AsyncIterator
from itertools import product
from urllib.parse import quote

import httpx
import pytest

from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import add_cast
from tests.schema.asking import account_of, cookie_of
from tests.server.conftest import ORIGIN, client_of

EVIL = "https://evil.example"
QUERY = "query { me { email } }"
MUTATION = 'mutation { profileUpdate(input: {version: 1, displayName: "Taken Over"}) { account { email } } }'
ADDRESS = "member@demo.example"
BOUNDARY = "multipart/form-data; boundary=x"
# Content types that a page may send without a preflight, and some that need one.
TYPES = [None, "text/plain", "application/x-www-form-urlencoded", BOUNDARY, "text/json", "application/graphql"]
PAGES = {
    "another origin": {"Origin": EVIL},
    "another origin, cross-site": {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"},
    "a sandboxed frame": {"Origin": "null"},
    "no origin, cross-site": {"Sec-Fetch-Site": "cross-site"},
    "our origin, cross-site": {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
    "a form of no origin": {},
}
CODES = {
    "another origin": "ORIGIN_NOT_ALLOWED",
    "another origin, cross-site": "CROSS_SITE_REQUEST",
    "a sandboxed frame": "ORIGIN_NOT_ALLOWED",
    "no origin, cross-site": "CROSS_SITE_REQUEST",
    "our origin, cross-site": "CROSS_SITE_REQUEST",
}
MARKED = {"no header": {}, "an empty header": {"X-OmaPosti-Client": ""}, "our header": {"X-OmaPosti-Client": "web"}}


@pytest.fixture
async def client(database: Database, dsn: str, trying_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the application with one allowed origin, and the cast in the database."""
    await add_cast(database)
    async with client_of(create_app(trying_settings, dsn)) as client:
        yield client


def body(content_type: str | None, document: str) -> bytes:
    """Return the operation encoded in that content type."""
    if content_type == BOUNDARY:
        part = '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n'
        return f"{part}{json.dumps({'query': document})}\r\n--x--\r\n".encode()
    if content_type == "application/x-www-form-urlencoded":
        return f"query={quote(document)}".encode()
    return document.encode() if content_type == "application/graphql" else json.dumps({"query": document}).encode()


async def harmless(client: httpx.AsyncClient, database: Database, response: httpx.Response) -> None:
    """Assert that the answer has no data of the visitor, that the page cannot read it, and that nothing was changed."""
    assert ADDRESS not in response.text
    assert response.status_code < 500
    assert response.headers.get("access-control-allow-origin") in {None, ORIGIN}
    assert "set-cookie" not in response.headers
    member = await account_of(database, "member")
    assert (member.version, member.display_name) == (1, "Jussi Jäsen")


@pytest.mark.parametrize("page", PAGES)
async def test_b50_body_of_a_foreign_page_cannot_act_through_the_cookie(
    client: httpx.AsyncClient, database: Database, page: str
) -> None:
    cookie = {"Cookie": (await cookie_of(client, "member"))["Cookie"]}
    for content_type, marked, document in product(TYPES, MARKED.values(), (QUERY, MUTATION)):
        declared = {} if content_type is None else {"Content-Type": content_type}
        headers = cookie | declared | marked | PAGES[page]
        response = await client.post("/graphql", content=body(content_type, document), headers=headers)
        assert response.status_code == 415, (content_type, marked)
        await harmless(client, database, response)


@pytest.mark.parametrize(
    ("page", "marked"), [it for it in product(PAGES, MARKED) if it != ("a form of no origin", "our header")]
)
async def test_b50_json_acts_only_for_our_own_pages(
    client: httpx.AsyncClient, database: Database, page: str, marked: str
) -> None:
    cookie = {"Cookie": (await cookie_of(client, "member"))["Cookie"]}
    for document in (QUERY, MUTATION):
        response = await client.post(
            "/graphql", json={"query": document}, headers=cookie | MARKED[marked] | PAGES[page]
        )
        assert response.status_code == 403
        assert response.json()["errors"][0]["extensions"]["code"] == CODES.get(page, "CLIENT_HEADER_MISSING")
        await harmless(client, database, response)


@pytest.mark.parametrize("page", [*PAGES, "our own page"])
async def test_b50_a_get_never_acts_through_the_cookie(
    client: httpx.AsyncClient, database: Database, page: str
) -> None:
    cookie = {"Cookie": (await cookie_of(client, "member"))["Cookie"]}
    sender = PAGES.get(page, {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"})
    for content_type, marked, document in product([*TYPES, "application/json"], MARKED.values(), (QUERY, MUTATION)):
        declared = {} if content_type is None else {"Content-Type": content_type}
        response = await client.get(f"/graphql?query={quote(document)}", headers=cookie | declared | marked | sender)
        assert response.status_code == (405 if document is MUTATION else 200)
        (error,) = response.json()["errors"]
        assert error["extensions"]["code"] == ("METHOD_NOT_ALLOWED" if document is MUTATION else "UNAUTHENTICATED")
        if document is QUERY:
            assert error["extensions"]["cookieRefusal"] == "COOKIE_NEEDS_POST"
            assert error["message"].startswith("Sign in to read this. The session cookie does not count in a GET.")
        await harmless(client, database, response)


async def test_b50_value_of_the_client_header_is_irrelevant(client: httpx.AsyncClient, database: Database) -> None:
    own, others = await cookie_of(client, "member"), await cookie_of(client, "manager")
    for value in ("web", "x", others["Cookie"].partition("=")[2]):
        headers = {"Cookie": own["Cookie"], "Origin": ORIGIN, "X-OmaPosti-Client": value}
        response = await client.post("/graphql", json={"query": QUERY}, headers=headers)
        assert response.json() == {"data": {"me": {"email": ADDRESS}}}
    response = await client.post(
        "/graphql",
        json={"query": MUTATION},
        headers={"Cookie": own["Cookie"], "Origin": ORIGIN} | MARKED["our header"],
    )
    assert response.json() == {"data": {"profileUpdate": {"account": {"email": ADDRESS}}}}
    assert (await account_of(database, "member")).display_name == "Taken Over"
