"""Plans of lookups for one row find few rows, even if its organization has many codes."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from server.db.database import Database
from tests.usecases.drop.handover import Handover, extranet_file, register_file
from usecases.drop import supersede as succession
from usecases.drop.apply import memberships
from usecases.drop.base.transactions import batch_transaction
from usecases.drop.import_drop import import_drop

ROWS = 1_500  # codes of one organization, each of another person
FEW, MANY = 5, 100  # rows that a lookup may find, and number of loops from which it counts as one for each row

_PEOPLE = """
SELECT m.account_id, m.organization_id, a.email_key, o.identifier AS business_id FROM memberships AS m
JOIN accounts AS a ON a.id = m.account_id JOIN organizations AS o ON o.id = m.organization_id
"""


@pytest.fixture
async def imported(database: Database, dsn: str, tmp_path: Path) -> AsyncIterator[asyncpg.Connection]:
    """Yield a connection to a database with one large organization."""
    rows = extranet_file(*({"asiointitunnus": f"E{n}", "sahkoposti": f"p{n}@aho.example"} for n in range(ROWS)))
    await import_drop(
        database.engine, Handover(tmp_path).add("REGISTER", register_file(), 1).add("EXTRANET", rows, ROWS).written()
    )
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a plan's node and all below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


async def lookups(connection: asyncpg.Connection, statement: str, *parameters: Any) -> list[tuple[str, float]]:
    """Run a statement as a batch does; return the number of rows that each lookup in a loop found."""
    async with batch_transaction(connection):
        text = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *parameters)
    made = (node for node in nodes(orjson.loads(text)[0]["Plan"]) if node["Actual Loops"] > MANY)
    return [(node.get("Index Name", node["Node Type"]), node["Actual Rows"]) for node in made]


@pytest.mark.parametrize("analyzed", [False, True])
async def test_row_of_a_large_organization_costs_as_much_as_any_other(
    imported: asyncpg.Connection, analyzed: bool
) -> None:
    if analyzed:
        await imported.execute("ANALYZE")
    people = await imported.fetch(_PEOPLE)
    accounts, organizations, emails, business_ids = (list(column) for column in zip(*people, strict=True))
    file = await imported.fetchval("SELECT id FROM drop_files WHERE service_id IS NOT NULL")
    found = [
        *await lookups(imported, memberships._ROLES, accounts, organizations, emails, business_ids),
        *await lookups(imported, memberships._WANTED_ACCESSES, accounts, organizations),
        *await lookups(imported, memberships._LIMITS, accounts, organizations, emails, business_ids),
        *await lookups(imported, memberships._UNSUPPORTED, accounts),
        *await lookups(imported, succession._SUPERSEDE, file, 0, ROWS),
        *await lookups(imported, succession._REOPEN, file, 0, ROWS, []),
        *await lookups(imported, succession._REOPEN_CONFUSABLE, file, 0, ROWS, emails),
    ]
    assert len(found) > 10
    assert [lookup for lookup in found if lookup[1] > FEW] == []
