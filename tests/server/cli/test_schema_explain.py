"""`omaposti schema explain`: the plan, the cost, the statements and the refusals of a query, as each person."""

import os
import subprocess

import pytest

from server.db.database import Database
from tests.cast import add_cast
from tests.server.cli import command_line

MEMBERS = "{ organizations(first: 3) { nodes { name memberships(first: 5) { nodes { role person { email } } } } } }"


@pytest.fixture
async def demo(database: Database, dsn: str) -> str:
    await add_cast(database)
    return dsn


def explain(dsn: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command_line.omaposti("schema", "explain", *arguments, environment={**os.environ, "DATABASE_URL": dsn})


async def test_explain_as_administrator_prints_plan_cost_and_statements(demo: str) -> None:
    said = explain(demo, MEMBERS, "--as", "administrator@demo.example", "--source")
    assert said.returncode == 0, said.stderr
    assert "memberships: page by organization_id; reads" in said.stdout
    assert "email: column person_email  [the person" in said.stdout
    assert "of at most 5000 objects" in said.stdout
    assert said.stdout.count("SELECT") >= 2
    assert "async def run(context, variables, values, errors):" in said.stdout
    assert "Refused" not in said.stdout


async def test_explain_as_member_names_the_refused_fields(demo: str) -> None:
    said = explain(demo, MEMBERS, "--as", "member@demo.example")
    assert "organizations.nodes.0.memberships: This is only for members whose role has `MEMBERS_READ`" in said.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("{ nonsense }",), "Cannot query field"),
        (("{ me {",), "Syntax Error"),
        (("{ me { id } }", "--as", "nobody@demo.example"), "no active account has this e-mail address"),
        (("{ me { id } }", "--variables", "{"), "--variables is not JSON"),
        (("query($id: ID!) { node(id: $id) { id } }",), "variables that do not fit"),
        (("{ __schema { types { name } } }",), "only graphql-core executes"),
    ],
)
async def test_explain_of_an_invalid_query_is_one_line_with_the_reason(
    demo: str, arguments: tuple[str, ...], message: str
) -> None:
    said = explain(demo, *arguments)
    assert (said.returncode, said.stdout) == (1, "")
    assert message in said.stderr
    assert len(said.stderr.splitlines()) == 1
