"""Attacks in the log: each refusal by its kind, with the request's id and without secrets."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from auth.rate_limits import RateLimits
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from server.http.cookies import COOKIE
from tests.cast import add_cast
from tests.schema.asking import post, sign_in, token_of
from tests.server.conftest import client_of

Logged = list[structlog.typing.EventDict]

DEEP = "{ organizations { nodes " + "{ memberships { nodes { organization " * 4 + "{ id }" + " } } }" * 4 + " } }"
EXPENSIVE = "{ organizations(first: 100) { nodes { memberships(first: 100) { nodes { id } } } } }"
HOSTILE = {
    "{ me { passwordHash } }": "GRAPHQL_VALIDATION_FAILED",
    "{ me {": "GRAPHQL_PARSE_FAILED",
    DEEP: "LIMIT_EXCEEDED",
    EXPENSIVE: "LIMIT_EXCEEDED",
    "mutation { sessionRevoke(input: {id: 1.5}) { userErrors { code } } }": "GRAPHQL_VALIDATION_FAILED",
}


@pytest.fixture
async def strict(database: Database, dsn: str, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the application with the cast, and a limit of two attempts for an account."""
    await add_cast(database)
    rate_limits = RateLimits(sign_in_account_from="2 per hour")
    async with client_of(create_app(replace(settings, rate_limits=rate_limits), dsn)) as client:
        yield client


def line(logged: Logged) -> Any:
    """Return the line about the only request."""
    (found,) = [entry for entry in logged if entry["event"] == "request"]
    return found


async def test_a_refused_permission_is_logged(strict: httpx.AsyncClient) -> None:
    token = await token_of(strict, "member")
    with capture_logs() as logged:
        response = await post(strict, "{ organizations { nodes { legacyCodes { totalCount } } } }", headers=token)
    assert (line(logged)["codes"], line(logged)["signed_in"]) == (["FORBIDDEN"], True), response.text
    assert line(logged)["request_id"] == response.headers["x-request-id"]


async def test_anonymous_request_is_logged_as_anonymous(strict: httpx.AsyncClient) -> None:
    with capture_logs() as logged:
        await post(strict, "mutation { otherSessionsRevoke { userErrors { code } } }")
    assert (line(logged)["codes"], line(logged)["signed_in"]) == (["UNAUTHENTICATED"], False)


async def test_guessing_is_logged_once_the_rate_limit_stops_it(strict: httpx.AsyncClient) -> None:
    for _ in range(2):
        await sign_in(strict, "member", "a wrong password")
    with capture_logs() as logged:
        await sign_in(strict, "member", "another wrong password")
    assert line(logged)["codes"] == ["RATE_LIMITED"]
    assert "password" not in str(logged)
    assert "member@" not in str(logged)


@pytest.mark.parametrize("document", HOSTILE)
async def test_a_hostile_document_is_logged(strict: httpx.AsyncClient, document: str) -> None:
    with capture_logs() as logged:
        await post(strict, document)
    assert line(logged)["codes"] == [HOSTILE[document]]


async def test_another_sites_request_with_the_cookie_is_logged(strict: httpx.AsyncClient) -> None:
    headers = {"Cookie": f"{COOKIE}=ses_{'a' * 43}", "Origin": "https://evil.example"}
    with capture_logs() as logged:
        await post(strict, "{ me { id } }", headers=headers)
    assert (line(logged)["codes"], line(logged)["status"]) == (["ORIGIN_NOT_ALLOWED"], 403)


async def test_invalid_token_is_logged_without_its_value(strict: httpx.AsyncClient) -> None:
    with capture_logs() as logged:
        await post(strict, "{ me { id } }", headers={"Authorization": f"Bearer acc_{'a' * 43}"})
    assert line(logged)["status"] == 401
    assert "a" * 43 not in str(logged)
