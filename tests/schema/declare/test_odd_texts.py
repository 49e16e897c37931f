"""Texts of people stay plain texts: in the database, in JSON, and in a search (ASVS V1.2)."""

from typing import Any

import pytest

from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import audited

UPDATE = """mutation($name: String!) { profileUpdate(input: {version: 1, displayName: $name}) {
  account { displayName } userErrors { code } } }"""
SEARCH = "query($search: String) { organizations(search: $search) { totalCount nodes { name } } }"
TEXTS = [
    "Liisa'; DROP TABLE accounts; --",
    "Liisa' OR '1'='1",
    'Liisa", "role": "ADMINISTRATOR',
    "</script><script>alert(1)</script>",
    "Liisa \\u0022 \\n \\\\",
    "%(name)s %s {name} ${name} {{ name }}",
    "$1 :name @name ?",
]


@pytest.mark.parametrize("text", TEXTS)
async def test_a_name_comes_back_as_it_was_typed(cast: Cast, database: Database, text: str) -> None:
    answer = await cast.ask("member", UPDATE, {"name": text})
    assert answer["data"]["profileUpdate"] == {"account": {"displayName": text}, "userErrors": []}
    for _ in range(2):  # the second run is compiled
        assert (await cast.ask("member", "{ me { displayName } }"))["data"] == {"me": {"displayName": text}}
    (entry,) = await audited(database, "profile.update")
    changes: Any = entry.changes
    assert changes["after"] == {"display_name": text}


@pytest.mark.parametrize("text", [*TEXTS, "%", "_", "%%", "\\", "'"])
async def test_a_search_finds_no_more_than_the_text(cast: Cast, text: str) -> None:
    for _ in range(2):
        assert (await cast.ask("support", SEARCH, {"search": text}))["data"]["organizations"]["totalCount"] == 0


@pytest.mark.parametrize("text", TEXTS)
async def test_a_text_written_into_the_document_is_only_a_text(cast: Cast, text: str) -> None:
    literal = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    query = f"{{ organizations(search: {literal}) {{ totalCount }} me {{ displayName }} }}"
    for _ in range(3):
        answer = await cast.ask("member", query)
        assert answer["data"]["organizations"]["totalCount"] == 0
        assert answer["data"]["me"]["displayName"]
