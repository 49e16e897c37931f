"""Every request has our id and one log line with its cost and without secrets."""

import asyncio
from dataclasses import replace
from uuid import UUID

import httpx
import structlog

from server.app import create_app
from server.config.logging import concealed
from server.config.settings import Settings
from tests.server.conftest import client_of

Logged = list[structlog.typing.EventDict]


def lines(logged: Logged) -> Logged:
    """Return the lines about requests."""
    return [entry for entry in logged if entry["event"] == "request"]


async def test_log_line_has_the_operation_and_its_cost(trying: httpx.AsyncClient, logged: Logged) -> None:
    query = "query Mine($t: String!) { a: one b: one echo(text: $t) }"
    body = {"query": query, "operationName": "Mine", "variables": {"t": "hush-hush"}}
    response = await trying.post("/graphql", json=body)
    (line,) = lines(logged)
    assert line.pop("duration_ms") > 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "request_id": response.headers["x-request-id"],
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "statements": 2,
        "signed_in": False,
        "operation": "Mine",
        "operation_type": "query",
    }
    assert UUID(line["request_id"]).version == 7


async def test_statements_are_counted_for_each_request_alone(trying: httpx.AsyncClient, logged: Logged) -> None:
    queries = ["{ one }", "{ a: one b: one c: one }", "{ nothing }"] * 5
    await asyncio.gather(*(trying.post("/graphql", json={"query": query}) for query in queries))
    assert sorted(line["statements"] for line in lines(logged)) == [0] * 5 + [1] * 5 + [3] * 5


async def test_foreign_request_id_is_logged_only_if_harmless(trying: httpx.AsyncClient, logged: Logged) -> None:
    for foreign in ("abc-12345678", 'x" onload=', "a" * 200, "liisa@example.com"):
        response = await trying.get("/healthz", headers={"X-Request-Id": foreign})
        assert response.headers["x-request-id"] != foreign
    assert [line.get("foreign_request_id") for line in lines(logged)] == ["abc-12345678", None, None, None]


async def test_an_odd_operation_name_and_a_refusal_are_logged_safely(trying: httpx.AsyncClient, logged: Logged) -> None:
    await trying.post("/graphql", json={"query": f"query {'n' * 200} {{ nothing }}"})
    await trying.post("/graphql", json={"query": "{ nothing }", "operationName": "evil\nline"})
    await trying.post("/graphql", content=b"3")
    named, evil, malformed = lines(logged)
    assert "operation" not in named
    assert "operation" not in evil
    assert (malformed["status"], malformed["codes"]) == (415, ["UNSUPPORTED_MEDIA_TYPE"])


async def test_every_answer_has_the_security_headers(trying: httpx.AsyncClient) -> None:
    for path in ("/graphql?query={nothing}", "/graphql", "/healthz", "/readyz", "/nowhere"):
        headers = (await trying.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "strict-transport-security" not in headers, "in development there is no TLS"
        assert UUID(headers["x-request-id"])


async def test_production_answers_have_hsts(dsn: str, settings: Settings) -> None:
    app = create_app(replace(settings, environment="production"), dsn)
    async with client_of(app) as client:
        for path in ("/graphql", "/healthz", "/nowhere"):
            header = (await client.get(path)).headers["strict-transport-security"]
            assert header == "max-age=31536000; includeSubDomains"


def test_addresses_and_secrets_are_concealed_in_any_text() -> None:
    text = f"DETAIL: Key (email_key)=(liisa@example.com) exists, ses_{'a' * 43} $argon2id$v=19$m=19456$abc'"
    assert concealed(text) == "DETAIL: Key (email_key)=([e-mail]) exists, [secret] [secret]'"
