"""Invalid windows are refused with the remedy; a cursor is only a position in a list."""

import base64
from typing import Any
from uuid import uuid4

import pytest

from server.db.database import Database
from tests.cast import Cast
from tests.schema.types.listed import ORGANIZATIONS, add_organizations, listed, names

IDENTITY = uuid4().bytes


def cursor(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


REFUSED: dict[str, dict[str, Any]] = {
    "first negative": {"first": -1},
    "last negative": {"last": -1},
    "first over 100": {"first": 101},
    "last over 100": {"last": 101},
    "first a million": {"first": 1_000_000},
    "both": {"first": 1, "last": 1},
    "both none": {"first": 0, "last": 0},
    "empty cursor": {"after": ""},
    "garbage": {"after": "garbage"},
    "garbage before": {"before": "*" * 40},
    "padded": {"after": cursor(IDENTITY + b"=aava") + "="},
    "line break": {"after": cursor(IDENTITY + b"=aava") + "\n"},
    "not ASCII": {"after": "ä" * 40},
    "full-width digits": {"after": "１" * 40},
    "the other alphabet": {"after": "+/" * 20},
    "impossible length": {"after": "A" * 41},
    "too short": {"after": cursor(IDENTITY[:15])},
    "of a list by time": {"after": cursor(IDENTITY)},
    "without its mark": {"after": cursor(IDENTITY + b"aava")},
    "NUL in the name": {"after": cursor(IDENTITY + b"=a\0b")},
    "name of no Unicode": {"after": cursor(IDENTITY + b"=\xff\xfe")},
    "surrogate in the name": {"after": cursor(IDENTITY + b"=\xed\xa0\x80")},
    "huge": {"after": "A" * 100_000},
}


@pytest.mark.parametrize("which", REFUSED)
async def test_a_window_that_cannot_be_served_is_refused(cast: Cast, which: str) -> None:
    answer = await cast.ask("support", ORGANIZATIONS, REFUSED[which])
    assert answer["data"] == {"organizations": None}
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert error["path"] == ["organizations"]
    assert any(word in error["message"] for word in ("must be from 0 to 100", "not both", "is not a cursor of this"))


@pytest.mark.parametrize("value", [2**31, 1.5, "10", True, [1]])
async def test_page_size_of_a_wrong_type_is_an_error_of_graphql_core(cast: Cast, value: object) -> None:
    answer = await cast.ask("support", ORGANIZATIONS, {"first": value})
    assert "data" not in answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}


async def test_a_cursor_of_a_list_by_name_is_not_one_of_a_list_by_time(cast: Cast) -> None:
    page = await listed(cast, first=1)
    other = {"after": page["pageInfo"]["endCursor"], "orderBy": {"field": "CREATED_AT"}}
    answer = await cast.ask("support", ORGANIZATIONS, other)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_a_made_up_cursor_is_only_a_place_in_the_list(cast: Cast, database: Database) -> None:
    await add_organizations(database, ["Aava", "Öljy"])
    assert names(await listed(cast, after=cursor(IDENTITY + b"=b"))) == ["Demo Oy", "Toinen Demo Oy", "Öljy"]
    own = await listed(cast, "member", after=cursor(b"\0" * 16 + b"="))
    assert names(own) == ["Demo Oy"], "and no way into others' organizations"
    assert names(await listed(cast, after=cursor(IDENTITY + b"='; DROP TABLE organizations; --"))) == [
        "Aava",
        "Demo Oy",
        "Toinen Demo Oy",
        "Öljy",
    ]


async def test_a_cursor_of_another_organizations_list_leads_nowhere_else(cast: Cast) -> None:
    query = """query($id: String, $after: String) { organization(businessId: $id) {
      customerNumbers(after: $after) { edges { cursor node { number } } } } }"""
    other = await cast.ask("other-administrator", query, {"id": "9200002-3"})
    (edge,) = other["data"]["organization"]["customerNumbers"]["edges"]
    assert edge["node"] == {"number": "0002000001"}
    own = await cast.ask("administrator", query, {"id": "9200001-5", "after": edge["cursor"]})
    numbers = {edge["node"]["number"] for edge in own["data"]["organization"]["customerNumbers"]["edges"]}
    assert numbers <= {"0001234567", "0009876543"}


NULLS = dict.fromkeys(["first", "after", "last", "before", "search", "filter", "orderBy"])


async def test_null_for_every_optional_argument_is_as_if_it_were_left_out(cast: Cast) -> None:
    assert await listed(cast, **NULLS) == await listed(cast)
    assert await listed(cast, filter={"status": None, "registerStatus": None}, orderBy={}) == await listed(cast)
    nested = """{ me { memberships(first: null, after: null, last: null, before: null) { nodes { role } } } }"""
    answer = await cast.ask("member", nested)
    assert answer == {"data": {"me": {"memberships": {"nodes": [{"role": "MEMBER"}]}}}}
    literal = "{ organizations(first: null, search: null, filter: null, orderBy: null) { totalCount } }"
    assert (await cast.ask("member", literal)) == {"data": {"organizations": {"totalCount": 1}}}


@pytest.mark.parametrize("order", ["{field: null}", "{direction: null}", "{field: SIZE}"])
async def test_an_order_has_a_field_and_a_direction_of_ours(cast: Cast, order: str) -> None:
    answer = await cast.ask("support", f"{{ organizations(orderBy: {order}) {{ totalCount }} }}")
    assert "data" not in answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
