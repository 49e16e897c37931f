"""Kinds of types that our schema lacks: unions, sync resolvers, methods, lists of lists, defaults of arguments."""

from typing import Any, cast

import pytest
import strawberry
from graphql import GraphQLSchema

from auth.viewer import NOBODY
from schema.declare.fields import Info, column, computed, related
from schema.declare.rules import PUBLIC, SELF, SIGNED_IN, rule
from schema.engine.binding import bind
from tests.schema.engine.compiler.comparing import REFUSALS, Request, World, compare

EVERYONE = rule(PUBLIC)
ROWS: list[Any] = [
    {"node_type": "Cat", "cat_name": "Misu", "account_id": None, "organization_id": None},
    None,
    {"node_type": "Secret", "secret_text": "hidden", "account_id": None, "organization_id": None},
]


async def _kittens(_context: object, row: Any) -> list[Any]:
    return [row, {**row, "cat_name": None}]


@strawberry.type(directives=[EVERYONE])
class Cat:
    name: str = column()
    kittens: "list[Cat] | None" = related(_kittens)
    grid: list[list[int]] = computed(lambda _row, _context: [[1, 2], []])
    text_for_list: list[str] | None = computed(lambda _row, _context: cast(Any, "no list"))
    numbers: list[int | None] = computed(lambda _row, _context: [1, None])
    yes: bool = computed(lambda _row, _context: True)
    half: float = computed(lambda _row, _context: 0.5)


@strawberry.type(directives=[rule(SELF)])
class Secret:
    text: str = column()


async def _pets(_info: Info) -> Any:
    return ROWS


async def _echo(_info: Info, text: str = "nothing", times: int = 2) -> str:
    return text * times


def _at_once(_info: Info, text: str | None = strawberry.UNSET) -> str:
    return "nothing was given" if text is strawberry.UNSET else f"given: {text}"


def _of_itself(self: Any) -> int:
    return 1 if self is None else 2


@strawberry.type
class Query:
    pets: list[Cat | Secret | None] = strawberry.field(resolver=_pets, directives=[EVERYONE])
    echo: str = strawberry.field(resolver=_echo, directives=[EVERYONE])
    at_once: str = strawberry.field(resolver=_at_once, directives=[EVERYONE])
    private: str | None = strawberry.field(resolver=_at_once, directives=[rule(SIGNED_IN)])
    method: int = strawberry.field(resolver=_of_itself, directives=[EVERYONE])


def schema_of(query: type) -> GraphQLSchema:
    """Return the schema, bound like ours."""
    schema = strawberry.Schema(query=query)._schema
    bind(schema)
    return schema


ZOO = schema_of(Query)
COMPILED = {
    "a union": "{ pets { __typename ... on Cat { name yes half numbers } ... on Secret { text } } }",
    "a union whose members wait": "{ pets { ... on Secret { text } } }",
    "a sync resolver": "{ atOnce }",
    "a sync resolver with an argument": '{ atOnce(text: "x") a: atOnce(text: null) }',
    "an argument without a value": "query($t: String) { atOnce(text: $t) }",
    "an argument with a default": "{ echo a: echo(times: 1) }",
    "a variable for an argument with a default": "query($t: Int) { echo(times: $t) }",
    "a refusal": "{ private atOnce }",
    "a list of lists of leaves": "{ pets { ... on Cat { grid } } }",
}
LEFT = {
    "a method": "{ method atOnce }",
    "a text instead of a list": "{ pets { ... on Cat { textForList name } } }",
    "null for a text in a list that waits": "{ pets { ... on Cat { name kittens { name kittens { yes } } } } }",
    "null for an argument with a default": "query($t: Int = null) { echo(times: $t) }",
}


@pytest.mark.parametrize("name", COMPILED)
async def test_query_of_a_supported_type_is_compiled(world: World, name: str) -> None:
    answer = await compare(world.resources, NOBODY, Request(COMPILED[name]), ZOO)
    assert answer.compiled.body == answer.reference.body
    assert answer.reference.codes <= REFUSALS
    assert answer.by_compiled_code


@pytest.mark.parametrize("name", LEFT)
async def test_query_of_an_unsupported_type_is_left_to_graphql_core(world: World, name: str) -> None:
    answer = await compare(world.resources, NOBODY, Request(LEFT[name]), ZOO)
    assert answer.compiled.body == answer.reference.body
    assert not answer.by_compiled_code
