"""Half a character (a lone surrogate) is refused with a reason in every text, and nothing is stored."""

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import text

from models.values.email import parse_email
from models.values.refusal import InvalidValue
from models.values.text import clean
from server.db.database import Database
from tests.cast import Cast
from tests.schema.declare.arguments import asked

HALF = "\ud800"
TEXTS = {"String", "ID"}
PLACES = list(asked(HALF, TEXTS))
# Tables that would hold traces of an accepted text: every action and refusal writes an audit entry at least.
KEPT = "SELECT (SELECT count(*) FROM audit_entries), (SELECT count(*) FROM accounts), (SELECT count(*) FROM messages)"


def literal(value: Any) -> str:
    """Return a value as a GraphQL literal; texts keep their escapes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(item)}" for name, item in value.items()) + "}"
    return f"[{', '.join(map(literal, value))}]" if isinstance(value, list) else json.dumps(value)


def bodies(document: str, given: Any) -> dict[str, dict[str, Any]]:
    """Return request bodies, one for each way to send half a character."""
    declared, _, rest = document.partition(")")
    return {
        "variable": {"query": document, "variables": {"v": given}},
        "default": {"query": f"{declared} = {literal(given)}){rest}"},
        "literal": {"query": document.replace(f"({declared.partition('(')[2]})", "", 1).replace("$v", literal(given))},
    }


@pytest.mark.parametrize("way", ["variable", "default", "literal"])
async def test_b70_half_a_character_is_refused_wherever_a_text_may_stand(
    cast: Cast, database: Database, way: str
) -> None:
    assert len(PLACES) > 50
    before = await kept(database)
    for document, given in PLACES:
        body = json.dumps(bodies(document, given)[way])
        assert "\\ud800" in body
        for who in ("member", "support"):
            refused(await post(cast, who, body), "BAD_REQUEST" if way == "variable" else "GRAPHQL_PARSE_FAILED")
    assert await kept(database) == before


async def test_b70_a_whole_character_in_the_same_places_is_no_malformed_request(cast: Cast) -> None:
    for document, given in asked("\U0001f4ee", TEXTS):
        for body in bodies(document, given).values():
            answer = (await post(cast, "member", json.dumps(body))).json()
            codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
            assert codes.isdisjoint({"BAD_REQUEST", "GRAPHQL_PARSE_FAILED", "INTERNAL"}), answer


@pytest.mark.parametrize("name", ["query", "operationName", "documentId", "variables", "extensions"])
async def test_b70_half_a_character_beside_the_document_is_refused(cast: Cast, name: str) -> None:
    value = {HALF: HALF} if name in {"variables", "extensions"} else HALF
    body = {"query": "{ __typename }"} | {name: value}
    refused(await post(cast, "member", json.dumps(body)), "BAD_REQUEST")


@pytest.mark.parametrize("half", ["%ED%A0%80", "%22%5Cud800%22"])
async def test_b70_half_a_character_in_a_query_string_is_refused(cast: Cast, half: str) -> None:
    query = quote("query($v: String!) { organizations(search: $v) { totalCount } }")
    variables = "%7B%22v%22:" + (half if half.startswith("%22") else f"%22{half}%22") + "%7D"
    refused(await cast.client.get(f"/graphql?query={query}&variables={variables}"), "BAD_REQUEST")


async def test_b70_its_bytes_in_a_body_are_refused(cast: Cast) -> None:
    body = b'{"query": "{ organizations(search: \\"\xed\xa0\x80\\") { totalCount } }"}'
    refused(await post(cast, "member", body), "BAD_REQUEST")


def test_b70_invalid_bytes_in_a_command_argument_are_refused() -> None:
    for wrong in (HALF, "\udced"):  # the second is Python's surrogate for a byte that is not UTF-8
        with pytest.raises(InvalidValue):
            parse_email(f"{wrong}@demo.example")
        with pytest.raises(InvalidValue):
            clean(f"Liisa{wrong}", 100)


async def post(cast: Cast, who: str, body: str | bytes) -> httpx.Response:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {cast.tokens[who]}"}
    return await cast.client.post("/graphql", content=body, headers=headers)


def refused(response: httpx.Response, code: str) -> None:
    answer = response.json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == [code], answer
    assert "data" not in answer
    assert response.status_code < 500


async def kept(database: Database) -> Any:
    async with database.sessions() as db:
        return (await db.execute(text(KEPT))).one()
