"""Internal errors are answered by a fixed text with the request's id; details go to the log only."""

import re
from typing import Any

import httpx
import pytest
import structlog

from server.app import create_app
from server.config.settings import Settings
from server.http.errors import INTERNAL_TEXT, UNAVAILABLE_TEXT
from tests.server.conftest import client_of
from tests.server.trying_schema import SECRET_TEXT, TRYING_SCHEMA

Logged = list[structlog.typing.EventDict]

LEAK = re.compile(r"liisa|example|/srv|\.py|Traceback|SELECT|INSERT|asyncpg|sqlalchemy|RuntimeError|\$1", re.IGNORECASE)


async def ask(client: httpx.AsyncClient, query: str, **more: Any) -> httpx.Response:
    """Post a query."""
    return await client.post("/graphql", json={"query": query, **more})


@pytest.mark.parametrize("field", ["fault", "wrongKind", "hasty", "refusedRead", "refusedWrite"])
async def test_internal_error_is_masked_and_sibling_fields_survive(
    trying: httpx.AsyncClient, logged: Logged, field: str
) -> None:
    response = await ask(trying, f"{{ {field} nothing one }}")
    assert response.json() == {
        "errors": [
            {
                "message": INTERNAL_TEXT,
                "locations": [{"line": 1, "column": 3}],
                "path": [field],
                "extensions": {"code": "INTERNAL", "requestId": response.headers["x-request-id"]},
            }
        ],
        "data": {field: None, "nothing": None, "one": 1},
    }
    assert not LEAK.search(response.text)
    (fault,) = [entry for entry in logged if entry["event"] == "internal error"]
    assert fault["request_id"] == response.headers["x-request-id"]
    # The log has the details; personal data appears there only inside a library's own text.
    assert re.search(r"liisa@example\.com|parameters hidden", str(fault["exc_info"]))


async def test_a_fault_in_a_field_that_cannot_be_null_is_masked_too(trying: httpx.AsyncClient) -> None:
    response = await ask(trying, "{ neededFault }")
    assert response.json()["data"] is None
    assert response.json()["errors"][0]["message"] == INTERNAL_TEXT


async def test_a_refusal_meant_for_the_caller_stays_as_it_is(trying: httpx.AsyncClient) -> None:
    (error,) = (await ask(trying, "{ refused }")).json()["errors"]
    assert error["message"] == "Ask an administrator."
    assert error["extensions"] == {"code": "FORBIDDEN", "requires": ["SELF"]}


@pytest.mark.parametrize("query", ["{ away }", "{ busy }", "{ away other: busy }"])
async def test_only_an_unavailable_database_is_a_503(trying: httpx.AsyncClient, query: str) -> None:
    response = await ask(trying, query)
    assert response.status_code == 503
    assert response.headers["retry-after"] == "2"
    assert "data" not in response.json()
    assert {error["message"] for error in response.json()["errors"]} == {UNAVAILABLE_TEXT}
    assert SECRET_TEXT not in response.text


async def test_unavailable_part_leaves_the_rest_of_the_answer(trying: httpx.AsyncClient) -> None:
    response = await ask(trying, "{ away one }")
    assert (response.status_code, response.json()["data"]) == (200, {"away": None, "one": 1})
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


async def test_missing_database_is_reported_without_details(trying_settings: Settings, logged: Logged) -> None:
    nowhere = "postgresql://omaposti:verysecret@127.0.0.1:1/omaposti"
    async with client_of(create_app(trying_settings, nowhere, TRYING_SCHEMA)) as client:
        assert (await ask(client, "{ nothing }")).json() == {"data": {"nothing": None}}
        for headers in ({}, {"Authorization": f"Bearer acc_{'a' * 43}"}):
            response = await client.post("/graphql", json={"query": "{ one }"}, headers=headers)
            assert (response.status_code, response.headers["retry-after"]) == (503, "2")
            assert response.json()["errors"][0]["message"] == UNAVAILABLE_TEXT
            assert not LEAK.search(response.text)
    assert "verysecret" not in str(logged)


async def test_an_operation_that_takes_too_long_is_stopped(trying: httpx.AsyncClient) -> None:
    response = await ask(trying, "{ slow(seconds: 2.5) }")
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (503, "TIMEOUT")
    assert response.elapsed.total_seconds() < 2
    assert (await ask(trying, "{ one }")).json() == {"data": {"one": 1}}


async def test_an_answer_has_at_most_ten_errors(trying: httpx.AsyncClient) -> None:
    fields = " ".join(f"f{n}: refused" for n in range(15))
    answer = (await ask(trying, f"{{ {fields} }}")).json()
    assert len(answer["errors"]) == 10
    assert answer["extensions"] == {"errorsLeftOut": 5}
    unknown = " ".join(f"unknown{n}" for n in range(100))
    assert len((await ask(trying, f"{{ {unknown} }}")).json()["errors"]) == 10


async def test_two_reads_side_by_side_run_on_a_cold_pool(dsn: str, trying_settings: Settings) -> None:
    async with client_of(create_app(trying_settings, dsn, TRYING_SCHEMA)) as client:
        assert (await ask(client, "{ a: one b: one }")).json() == {"data": {"a": 1, "b": 1}}
