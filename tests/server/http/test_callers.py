"""Authentication of requests: by valid token or cookie; an invalid token is an error, an ended cookie anonymous."""

from datetime import timedelta

import httpx
import pytest
import structlog

from auth.tokens import TokenKind
from server.http.cookies import COOKIE
from tests.server.sessions import add_session

Logged = list[structlog.typing.EventDict]

CLIENT = {"X-OmaPosti-Client": "test"}
QUERY = {"query": "{ viewer }"}
SIGN_IN_AGAIN = 'Bearer error="invalid_token", error_description="The access token is not valid; sign in again"'
REFRESH = 'Bearer error="invalid_token", error_description="The access token expired or was replaced; refresh it"'


async def test_valid_token_is_authenticated_by_one_read(trying: httpx.AsyncClient, dsn: str, logged: Logged) -> None:
    secret = await add_session(dsn, TokenKind.ACCESS)
    for scheme in ("Bearer", "bearer"):
        response = await trying.post("/graphql", json=QUERY, headers={"Authorization": f"{scheme} {secret}"})
        assert response.json()["data"]["viewer"].endswith("@example.com")
    got = await trying.get("/graphql?query={viewer}", headers={"Authorization": f"Bearer {secret}"})
    assert got.json()["data"]["viewer"] is not None
    seen = [(line["statements"], line["signed_in"]) for line in logged if line["event"] == "request"]
    assert seen == [(1, True)] * 3


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer acc_{'a' * 43}",
        f"Bearer acc_{'a' * 42}",
        "Bearer acc_\xe4",
        "Basic bGlpc2E6eA==",
        "acc_x",
    ],
)
async def test_a_bad_token_is_told_to_sign_in_again(trying: httpx.AsyncClient, authorization: str) -> None:
    headers = [(b"Authorization", authorization.encode("latin-1"))]
    response = await trying.post("/graphql", json=QUERY, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == SIGN_IN_AGAIN
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_expired_token_of_a_live_session_is_told_to_refresh(trying: httpx.AsyncClient, dsn: str) -> None:
    token = await add_session(dsn, TokenKind.ACCESS, token_lives=timedelta(seconds=-1))
    headers = {"Authorization": f"Bearer {token}"}
    for response in (
        await trying.post("/graphql", json=QUERY, headers=headers),
        await trying.get("/graphql?query={viewer}", headers=headers),
    ):
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == REFRESH
        (error,) = response.json()["errors"]
        assert error["extensions"]["code"] == "TOKEN_EXPIRED"
        assert "sessionRefresh" in error["message"]


async def test_expired_token_of_an_ended_session_is_told_to_sign_in(trying: httpx.AsyncClient, dsn: str) -> None:
    token = await add_session(dsn, TokenKind.ACCESS, lives=timedelta(0), token_lives=timedelta(seconds=-1))
    response = await trying.post("/graphql", json=QUERY, headers={"Authorization": f"Bearer {token}"})
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_expired_token_two_tokens_and_cookie_as_token_are_refused(trying: httpx.AsyncClient, dsn: str) -> None:
    expired = await add_session(dsn, TokenKind.ACCESS, lives=timedelta(seconds=-1))
    cookie, token = await add_session(dsn, TokenKind.COOKIE), await add_session(dsn, TokenKind.ACCESS)
    twice = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    for headers in ([("Authorization", f"Bearer {expired}")], [("Authorization", f"Bearer {cookie}")], twice):
        assert (await trying.post("/graphql", json=QUERY, headers=headers)).status_code == 401


async def test_cookie_authenticates_a_post_and_not_a_get(trying: httpx.AsyncClient, dsn: str) -> None:
    headers = {"Cookie": f"theme=dark; {COOKIE}={await add_session(dsn, TokenKind.COOKIE)}", **CLIENT}
    posted = await trying.post("/graphql", json=QUERY, headers=headers)
    assert posted.json()["data"]["viewer"].endswith("@example.com")
    assert "set-cookie" not in posted.headers
    got = await trying.get("/graphql?query={viewer}", headers=headers)
    assert got.json() == {"data": {"viewer": None}}


@pytest.mark.parametrize(
    "foreign", ['prefs={"columns": [1, 2]}', "name=P\xe4ivi", "a,b", "=x", f"x{COOKIE}=y", f"a={COOKIE}", ";;"]
)
async def test_session_cookie_beside_any_foreign_cookie_is_read(
    trying: httpx.AsyncClient, dsn: str, foreign: str
) -> None:
    session = f"{COOKIE}={await add_session(dsn, TokenKind.COOKIE)}"
    for sent in (f"{foreign}; {session}", f"{session};{foreign}"):
        headers = [(b"Cookie", sent.encode("latin-1")), (b"X-OmaPosti-Client", b"test")]
        response = await trying.post("/graphql", json=QUERY, headers=headers)
        assert response.json()["data"]["viewer"].endswith("@example.com")


async def test_cookie_of_an_ended_session_is_anonymous_and_cleared(trying: httpx.AsyncClient, dsn: str) -> None:
    expired = await add_session(dsn, TokenKind.COOKIE, lives=timedelta(seconds=-1))
    live, token = await add_session(dsn, TokenKind.COOKIE), await add_session(dsn, TokenKind.ACCESS)
    for value in (expired, token, "", "x" * 5000, f"{live}; {COOKIE}={live}"):
        response = await trying.post("/graphql", json=QUERY, headers={"Cookie": f"{COOKIE}={value}", **CLIENT})
        assert response.json() == {"data": {"viewer": None}}
        assert response.headers["set-cookie"] == f"{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"


async def test_token_takes_precedence_over_a_cookie(trying: httpx.AsyncClient, dsn: str) -> None:
    token = await add_session(dsn, TokenKind.ACCESS)
    alone = await trying.post("/graphql", json=QUERY, headers={"Authorization": f"Bearer {token}"})
    cookie = f"{COOKIE}={await add_session(dsn, TokenKind.COOKIE)}"
    both = await trying.post("/graphql", json=QUERY, headers={"Authorization": f"Bearer {token}", "Cookie": cookie})
    assert both.json() == alone.json()


async def test_cookie_is_set_at_sign_in_and_cleared_at_sign_out(trying: httpx.AsyncClient) -> None:
    taken = await trying.post("/graphql", json={"query": "mutation { takeCookie }"}, headers=CLIENT)
    assert taken.json() == {"data": {"takeCookie": True}}
    assert taken.headers["set-cookie"] == (f"{COOKIE}=ses_new; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=7776000")
    dropped = await trying.post("/graphql", json={"query": "mutation { dropCookie }"}, headers=CLIENT)
    assert "Max-Age=0" in dropped.headers["set-cookie"]


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("sv", "sv"),
        ("en-GB,en;q=0.9,fi;q=0.8", "en"),
        ("de-DE,de;q=0.9,sv-FI;q=0.5,fi;q=0.4", "sv"),
        ("en;q=0, sv;q=0.1", "sv"),
        ("de", "fi"),
        ("*", "fi"),
        ("", "fi"),
        (",;;q=x,en;q=nan", "fi"),
    ],
)
async def test_texts_are_in_the_preferred_language(trying: httpx.AsyncClient, accepts: str, language: str) -> None:
    response = await trying.post("/graphql", json={"query": "{ language }"}, headers={"Accept-Language": accepts})
    assert response.json() == {"data": {"language": language}}
