"""Source of a compiled query: safe against hostile names, readable in tracebacks."""

import ast
import gc
import linecache
import traceback
from typing import Any

import pytest

from schema.build import SCHEMA
from schema.engine.compiler.names import Names
from schema.engine.compiler.operation import CompiledQuery
from schema.engine.documents import Documents
from tests.schema.engine.compiler.comparing import Request, World, compare
from tests.server.trying_schema import TRYING_SCHEMA

# Names of the compiled program, of Python and of its builtins, and one of 200 characters.
HOSTILE = [
    "context", "variables", "values", "errors", "row", "path", "run", "value_1", "object_1", "allows_1", "rule_1",
    "refuse", "raise_missing", "gather_or_cancel", "None", "True", "await", "lambda", "import", "class", "type", "str",
    "list", "enumerate", "exec", "eval", "_", "x" * 200,
]  # fmt: skip


def compiled(text: str) -> CompiledQuery:
    operation = Documents(SCHEMA).get(text).compilable_operation(SCHEMA, None)
    assert operation is not None
    query = operation.variant({}).query
    assert query is not None
    return query


@pytest.mark.parametrize("alias", HOSTILE)
async def test_hostile_alias_is_only_a_key_of_the_answer(world: World, alias: str) -> None:
    request = Request("{ A: me { A: organizations { A: nodes { A: name } } } }".replace("A", alias))
    compared = await compare(world.resources, world.viewers["administrator"], request)
    assert compared.by_compiled_code
    assert compared.compiled.settled == compared.reference.settled


def test_resolver_that_takes_self_is_left_to_graphql_core() -> None:
    operation = Documents(TRYING_SCHEMA).get('{ echo(text: "a") }').compilable_operation(TRYING_SCHEMA, None)
    assert operation is not None
    assert operation.variant({}).query is None


def test_source_holds_strings_only_as_keys_and_labels() -> None:
    tree = ast.parse(compiled("{ me { a: displayName } }").source)
    literals = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert literals == {"me", "a", "account_display_name", "account_id"}


def test_name_with_a_space_is_refused() -> None:
    with pytest.raises(AssertionError):
        Names().fresh("a b")


async def test_traceback_shows_the_line_of_the_compiled_query() -> None:
    query = compiled("{ me { displayName } }")
    with pytest.raises(AttributeError) as failed:
        await query.run(Any, Any, {}, [])  # type: ignore[arg-type] # a request without a viewer
    shown = "".join(traceback.format_exception(failed.value))
    assert "context.viewer" in shown, "the line itself, not only its number"


def test_lines_of_a_dropped_query_leave_the_cache() -> None:
    query = compiled("{ me { dropped: displayName } }")
    file = query.run.__code__.co_filename
    assert linecache.getline(file, 1).startswith("async def run(")
    del query
    gc.collect()  # a function and its globals refer to each other
    assert not linecache.getline(file, 1)


def test_source_is_logged_the_first_time_only() -> None:
    query = compiled("{ me { displayName } }")
    assert [bool(query.source_to_log()), bool(query.source_to_log())] == [True, False]
