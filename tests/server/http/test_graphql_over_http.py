"""Statuses and media types follow the GraphQL-over-HTTP specification."""

from dataclasses import replace

import httpx
import pytest

from server.app import create_app
from server.config.settings import Settings
from tests.server.conftest import client_of
from tests.server.trying_schema import TRYING_SCHEMA

JSON, GRAPHQL = "application/json", "application/graphql-response+json"


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};charset=utf-8, {JSON};charset=utf-8", GRAPHQL),
        (f"{JSON}, {GRAPHQL};q=0.9", JSON),
        (f"{GRAPHQL};q=0", JSON),
        (f"{GRAPHQL};q=oops", JSON),
        ("image/png", JSON),
    ],
)
async def test_the_answer_is_of_the_type_asked_for(
    trying: httpx.AsyncClient, accept: str | None, answered: str
) -> None:
    request = trying.build_request("POST", "/graphql", json={"query": "{ nothing }"})
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    response = await trying.send(request)
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("{", 400),
        ("{ unknown }", 400),
        ("query($text: String!) { echo(text: $text) }", 400),
        ("query A { nothing } query B { nothing }", 400),
        (" ", 400),
        ("{ nothing }", 200),
        ("{ fault }", 200),
        ("{ neededFault }", 200),
    ],
)
async def test_status_with_newer_media_type_shows_execution(trying: httpx.AsyncClient, query: str, status: int) -> None:
    response = await trying.post("/graphql", json={"query": query}, headers={"Accept": GRAPHQL})
    assert (response.status_code, response.headers["content-type"]) == (status, f"{GRAPHQL}; charset=utf-8")
    assert ("data" in response.json()) == (status == 200)


async def test_the_operation_named_is_the_one_executed(trying: httpx.AsyncClient) -> None:
    query = "query A { nothing } query B { one }"
    response = await trying.post("/graphql", json={"query": query, "operationName": "B", "extensions": {"a": 1}})
    assert response.json() == {"data": {"one": 1}}


async def test_subscriptions_are_sent_to_the_web_socket(trying: httpx.AsyncClient) -> None:
    response = await trying.post("/graphql", json={"query": "subscription { news }"})
    assert response.status_code == 400
    assert "WebSocket" in response.json()["errors"][0]["message"]


async def test_introspection_can_be_switched_off_and_then_nothing_is_suggested(
    dsn: str, trying_settings: Settings
) -> None:
    settings = replace(trying_settings, introspection=False)
    async with client_of(create_app(settings, dsn, TRYING_SCHEMA)) as client:
        for query in ("{ __schema { types { name } } }", "{ nothng }"):
            answer = (await client.post("/graphql", json={"query": query})).json()
            assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
            assert "Did you mean" not in str(answer)
