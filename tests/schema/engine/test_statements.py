"""The number of statements depends on the shape of a query, never on the number of rows."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from models.db.clock import now
from models.membership import Role
from server.db.database import Database
from tests.cast import Cast, add_cast, signed_in_cast
from tests.conftest import empty
from tests.schema.declare.permission_paths import PATHS, Path
from tests.schema.declare.test_permissions import complete
from usecases.demo import DemoOrganization, DemoPerson, load_cast

LISTS = [path for path in PATHS if any(step.index is not None for step in path.steps) and path.travellers("support")]
DEEP = {
    "members of all organizations": """{ organizations { nodes {
        memberships(first: 5) { nodes { role person { email } } } } } }""",
    "accesses of all members of all organizations": """{ organizations(first: 4) { nodes {
        memberships(first: 4) { totalCount nodes {
        serviceAccess { service { name } customerNumbers { number } } account { email } organization { name
        administrators(first: 2) { nodes { displayName } } } } } } } }""",
    "organizations of all members": """{ organizations(first: 4) { nodes { memberships(first: 4) { nodes { account {
        organizations(first: 3) { totalCount nodes { name services { code } } } memberships { nodes { role } }
        legacyCodes { nodes { code } } } } } customerNumbers { totalCount nodes { number } } } } }""",
}
MOST_STATEMENTS = {"members of all organizations": 3, "accesses of all members of all organizations": 8}


@dataclass
class World:
    """The cast, the ids, and the statements of each query before the data grew."""

    cast: Cast
    ids: dict[str, str]
    counts: dict[str, int]


@pytest.fixture(scope="module")
async def world(app: Starlette, opened: Database, dsn: str) -> AsyncIterator[World]:
    await empty(dsn)
    await add_cast(opened)
    ids = await complete(opened)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        cast = await signed_in_cast(client)
        queries = {path.name: path.query(ids) for path in LISTS} | DEEP
        for query in queries.values():
            await statements(cast, query)  # from the second run on, the query is compiled
        counts = {name: await statements(cast, query) for name, query in queries.items()}
        await grow(opened)
        yield World(cast, ids, counts)


async def grow(database: Database) -> None:
    """Add twelve organizations of nine people, each with customer numbers; some people belong to several."""
    people = {f"extra-{number}": DemoPerson(f"Lisä {number}") for number in range(30)}
    names = list(people)
    wanted = [
        DemoOrganization(
            f"Aava {number} Oy",
            f"{9300000 + number}-0",
            {names[(number * 3 + offset) % 30]: Role.MEMBER if offset else Role.ADMINISTRATOR for offset in range(9)},
            (f"000{number}", f"001{number}"),
        )
        for number in range(12)
    ]
    async with database.sessions.begin() as db:
        await load_cast(db, people, wanted, now=now())


async def statements(cast: Cast, query: str) -> int:
    """Return the number of statements of a query, from the request's log line."""
    with capture_logs() as logs:
        answer = await cast.ask("support", query)
    # Support is refused fields that only the person may read; any other error would be a fault.
    assert {error["extensions"]["code"] for error in answer.get("errors", [])} <= {"FORBIDDEN"}, answer
    (line,) = [entry for entry in logs if entry["event"] == "request"]
    count: int = line["statements"]
    return count


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
async def test_a_list_takes_as_many_statements_for_many_as_for_few(world: World, path: Path) -> None:
    assert await statements(world.cast, path.query(world.ids)) == world.counts[path.name]


@pytest.mark.parametrize("name", DEEP)
async def test_lists_in_lists_take_one_statement_for_a_level(world: World, name: str) -> None:
    count = await statements(world.cast, DEEP[name])
    assert count == world.counts[name]
    assert count <= MOST_STATEMENTS.get(name, count)


async def test_signing_in_is_one_read_and_me_needs_no_other(world: World) -> None:
    assert await statements(world.cast, "{ me { id email displayName } }") == 1


async def test_unselected_relation_is_not_loaded(world: World) -> None:
    assert await statements(world.cast, "{ me { memberships { nodes { role } } } }") == 2
    assert await statements(world.cast, "{ me { memberships { totalCount nodes { role } } } }") == 3
