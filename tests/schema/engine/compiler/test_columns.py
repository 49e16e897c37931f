"""A compiled query reads only the columns that it needs."""

from collections.abc import AsyncIterator

import pytest

from tests.schema.engine.compiler.comparing import Request, World, compare
from tests.schema.engine.compiler.faulty import Kind, Statements, faulty

ORGANIZATIONS = ("organizations",)
OF_VIEWER = ("organizations", "memberships")

READ: dict[str, tuple[str, Kind, list[str]]] = {
    "an organization's name": (
        '{ organization(id: "@Organization@") { name } }',
        ORGANIZATIONS,
        ["organization_id", "organization_name"],
    ),
    "an organization for its members": (
        '{ organization(id: "@Organization@") { memberships { nodes { role } } } }',
        ORGANIZATIONS,
        ["organization_id"],
    ),
    "an organization for its type": (
        '{ organization(id: "@Organization@") { __typename } }',
        ORGANIZATIONS,
        ["organization_id"],
    ),
    "the names of a list": (
        "{ organizations { nodes { name } } }",
        OF_VIEWER,
        ["organization_id", "organization_name"],
    ),
    "where a list goes on": (
        "{ organizations { nodes { version } pageInfo { endCursor } } }",
        OF_VIEWER,
        ["cursor_id", "cursor_name", "organization_id", "organization_version"],
    ),
}


@pytest.fixture
async def recording(world: World, dsn: str) -> AsyncIterator[tuple[World, Statements]]:
    resources, statements = faulty(world.resources, dsn)
    yield World(world.cast, resources, world.viewers, world.names), statements
    await resources.pool.close()


@pytest.mark.parametrize("what", READ)
async def test_only_selected_columns_are_read(recording: tuple[World, Statements], what: str) -> None:
    world, statements = recording
    text, kind, columns = READ[what]
    comparison = await compare(world.resources, world.viewers["administrator"], Request(text).named(world.names))
    assert comparison.by_compiled_code
    assert comparison.compiled.body == comparison.reference.body
    assert statements.columns[kind] == columns
