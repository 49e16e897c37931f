"""Another site's page cannot act through a visitor's cookie with any request that it makes the browser send (B50)."""

import json
from dataclasses import replace

import httpx
import pytest

from auth.tokens import TokenKind
from server.app import create_app
from server.config.env import SettingsError, read_settings
from server.config.settings import Settings
from server.http.cookies import COOKIE
from tests.server.conftest import ORIGIN, client_of
from tests.server.sessions import add_session
from tests.server.trying_schema import TRYING_SCHEMA

CLIENT = {"X-OmaPosti-Client": "web"}
CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}

REFUSED: dict[str, tuple[str, dict[str, str]]] = {
    "no client header": ("CLIENT_HEADER_MISSING", {}),
    "empty client header": ("CLIENT_HEADER_MISSING", {"X-OmaPosti-Client": " "}),
    "another origin": ("ORIGIN_NOT_ALLOWED", CLIENT | {"Origin": "https://evil.example"}),
    "another origin without the header": ("ORIGIN_NOT_ALLOWED", {"Origin": "https://evil.example"}),
    "no origin at all": ("ORIGIN_NOT_ALLOWED", CLIENT | {"Origin": "null"}),
    "an origin that begins alike": ("ORIGIN_NOT_ALLOWED", CLIENT | {"Origin": f"{ORIGIN}.evil.example"}),
    "an origin that ends alike": ("ORIGIN_NOT_ALLOWED", CLIENT | {"Origin": "https://evil-omaposti.example"}),
    "another scheme": ("ORIGIN_NOT_ALLOWED", CLIENT | {"Origin": "http://omaposti.example"}),
    "another port": ("ORIGIN_NOT_ALLOWED", CLIENT | {"Origin": f"{ORIGIN}:8443"}),
    "two origins": ("ORIGIN_NOT_ALLOWED", CLIENT | {"Origin": f"{ORIGIN}, https://evil.example"}),
    "cross-site": ("CROSS_SITE_REQUEST", CLIENT | CROSS_SITE),
    "cross-site from a known origin": ("CROSS_SITE_REQUEST", CLIENT | CROSS_SITE | {"Origin": ORIGIN}),
    "cross-site without the header": ("CROSS_SITE_REQUEST", CROSS_SITE),
    "a Host that matches the origin": (
        "ORIGIN_NOT_ALLOWED",
        CLIENT | {"Host": "evil.example", "Origin": "http://evil.example"},
    ),
    "a forwarded host": (
        "ORIGIN_NOT_ALLOWED",
        CLIENT | {"X-Forwarded-Host": "evil.example", "Origin": "http://evil.example"},
    ),
}
ACCEPTED = {
    "our origin": CLIENT | {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
    "no origin": CLIENT,
    "our own address": CLIENT | {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"},
    "localhost": CLIENT | {"Origin": "http://localhost:8000"},
}


@pytest.mark.parametrize(("code", "headers"), REFUSED.values(), ids=REFUSED)
async def test_b50_cookie_from_another_site_is_refused(
    trying: httpx.AsyncClient, dsn: str, code: str, headers: dict[str, str]
) -> None:
    cookie = {"Cookie": f"{COOKIE}={await add_session(dsn, TokenKind.COOKIE)}"}
    response = await trying.post("/graphql", json={"query": "{ viewer }"}, headers=headers | cookie)
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == code
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("headers", [headers for _, headers in REFUSED.values()], ids=REFUSED)
async def test_cookie_is_not_set_for_another_site(trying: httpx.AsyncClient, headers: dict[str, str]) -> None:
    response = await trying.post("/graphql", json={"query": "mutation { takeCookie }"}, headers=headers)
    assert response.json() == {"data": {"takeCookie": False}}
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("headers", ACCEPTED.values(), ids=ACCEPTED)
async def test_our_own_pages_use_the_cookie(trying: httpx.AsyncClient, dsn: str, headers: dict[str, str]) -> None:
    cookie = {"Cookie": f"{COOKIE}={await add_session(dsn, TokenKind.COOKIE)}"}
    response = await trying.post("/graphql", json={"query": "{ viewer }"}, headers=headers | cookie)
    assert response.json()["data"]["viewer"].endswith("@example.com")


async def test_production_accepts_only_listed_origins(dsn: str, trying_settings: Settings) -> None:
    settings = replace(trying_settings, environment="production")
    async with client_of(create_app(settings, dsn, TRYING_SCHEMA)) as client:
        for origin, may in {ORIGIN: True, "http://127.0.0.1:8000": False, "http://localhost:8000": False}.items():
            headers = CLIENT | {"Origin": origin}
            response = await client.post("/graphql", json={"query": "mutation { takeCookie }"}, headers=headers)
            assert response.json() == {"data": {"takeCookie": may}}


async def test_a_page_of_a_listed_origin_reads_answers_and_refusals(trying: httpx.AsyncClient) -> None:
    for query in ("{ nothing }", "{ away }", ""):
        response = await trying.post("/graphql", json={"query": query}, headers={"Origin": ORIGIN})
        assert response.headers["access-control-allow-origin"] == ORIGIN
        assert response.headers["access-control-allow-credentials"] == "true"
        assert response.headers["vary"] == "Origin"


async def test_a_page_of_another_origin_reads_nothing(trying: httpx.AsyncClient) -> None:
    response = await trying.post("/graphql", json={"query": "{ nothing }"}, headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(("origin", "status"), [(ORIGIN, 200), ("https://evil.example", 400)])
async def test_preflight_of_a_listed_origin_is_answered(trying: httpx.AsyncClient, origin: str, status: int) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, authorization, x-omaposti-client",
    }
    response = await trying.options("/graphql", headers=asked)
    assert response.status_code == status
    assert response.headers.get("access-control-allow-origin") == (origin if status == 200 else None)


@pytest.mark.parametrize(
    "header",
    [
        "apollo-require-preflight",
        "apollographql-client-name",
        "apollographql-client-version",
        "baggage",
        "graphql-client-name",
        "graphql-client-version",
        "sentry-trace",
        "traceparent",
        "tracestate",
    ],
)
async def test_preflight_accepts_the_headers_that_tools_add(trying: httpx.AsyncClient, header: str) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    wanted = {"Access-Control-Request-Headers": f"content-type,{header},x-omaposti-client"}
    assert (await trying.options("/graphql", headers=asked | wanted)).status_code == 200
    other = {"Access-Control-Request-Headers": "content-type,x-other"}
    assert (await trying.options("/graphql", headers=asked | other)).status_code == 400


@pytest.mark.parametrize("origin", ["*", "null", "https://omaposti.example/", "https://*.example", "omaposti.example"])
def test_invalid_origin_is_refused_at_start(origin: str) -> None:
    with pytest.raises(SettingsError, match="a JSON list of origins without a path"):
        read_settings({"OMAPOSTI_ALLOWED_ORIGINS": json.dumps([origin])})
