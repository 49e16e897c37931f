"""The cost of an operation is computed before it runs, and limited."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from graphql import OperationDefinitionNode, parse
from graphql.execution.values import VariableValues

from schema.build import SCHEMA
from schema.engine.cost import cost_of
from schema.engine.plan import Planner
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import Cast

COSTS: list[tuple[str, dict[str, Any], int]] = [
    ("{ me { id email } }", {}, 2),
    ("{ me { memberships(first: 3) { nodes { role } } } }", {}, 6),
    ("{ me { memberships(last: 3) { nodes { role } } } }", {}, 6),
    ("{ me { memberships { edges { node { role } } } } }", {}, 44),
    ("query($n: Int) { me { memberships(first: $n) { nodes { role } } } }", {"n": 100}, 112),
    ("query($n: Int) { me { memberships(first: $n) { nodes { role } } } }", {"n": 1}, 4),
    ("query($n: Int) { me { memberships(first: $n) { nodes { role } } } }", {}, 24),
    ("query($n: Int) { me { memberships(first: $n) { nodes { role } } } }", {"n": -5}, 2),
    ("{ organizations(first: 50) { nodes { memberships(first: 100) { nodes { role } } } } }", {}, 5601),
    ("query($a: Int, $b: Int) { organizations(first: $a) { nodes { memberships(first: $b) { nodes { id } } } } }",
     {"a": 10, "b": 10}, 131),
    ("{ me { memberships(first: 5) { nodes { serviceAccess { id } } } } }", {}, 62),
    ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["x"] * 50}, 55),
    ('{ nodes(ids: ["a", "b"]) { id } }', {}, 3),
    ("{ a: me { id } b: me { id } }", {}, 3),
    ("{ me { id } me { id email } }", {}, 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "variables", "objects"), COSTS)
def test_a_page_costs_what_it_may_hold(text: str, variables: dict[str, Any], objects: int) -> None:
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    selection = Planner(SCHEMA, operation, [], VariableValues({}, {})).plan()
    assert cost_of(selection).objects(variables) == objects


COSTLY = "query($n: Int) { organizations(first: $n) { nodes { memberships(first: 100) { nodes { role } } } } }"


async def test_operation_above_the_cost_limit_is_refused_with_both_values(cast: Cast) -> None:
    for _ in range(3):  # first by graphql-core, then compiled
        answer = await cast.ask("support", COSTLY, {"n": 50})
        (error,) = answer["errors"]
        assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "COST", "maximum": 5000, "value": 5601}
        assert "cost of 5601" in error["message"]
        assert "data" not in answer
        assert "errors" not in await cast.ask("support", COSTLY, {"n": 2})


@pytest.mark.parametrize("compiles", [True, False])
async def test_the_limit_holds_whether_queries_are_compiled_or_not(
    dsn: str, database: Database, settings: Settings, *, compiles: bool
) -> None:
    app = create_app(replace(settings, compile_documents=compiles), dsn, SCHEMA)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client,
    ):
        for _ in range(3):
            response = await client.post("/graphql", json={"query": COSTLY, "variables": {"n": 60}})
            assert response.json()["errors"][0]["extensions"]["limit"] == "COST"
