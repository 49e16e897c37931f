"""Without introspection, guesses at names get no suggestions (the tool clairvoyance relies on them)."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import httpx
import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, get_named_type

from schema.build import SCHEMA
from server.app import create_app
from server.config.settings import Settings
from tests.server.conftest import client_of

ROOTS = ("Query", "Mutation")
WORD = re.compile(r"\w+")


@pytest.fixture(scope="module")
async def hidden(dsn: str, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    closed = replace(settings, introspection=False)
    async with client_of(create_app(closed, dsn)) as client:
        yield client


def guesses(name: str) -> set[str]:
    """Return similar words for which graphql-core would suggest the name."""
    return {name[:-1], name + "s", name[:-1] + ("x" if name[-1] != "x" else "y")} - {name, ""}


def probes() -> Iterator[tuple[str, str]]:
    """Yield documents with guesses, each with the name that it resembles."""
    for root in ROOTS:
        keyword = root.lower()
        type_ = SCHEMA.type_map[root]
        assert isinstance(type_, GraphQLObjectType)
        for name, field in type_.fields.items():
            yield from ((f"{keyword} {{ {guess} }}", name) for guess in guesses(name) - set(type_.fields))
            for argument, declared in field.args.items():
                yield from ((f"{keyword} {{ {name}({g}: 1) }}", argument) for g in guesses(argument) - set(field.args))
                of = get_named_type(declared.type)
                if isinstance(of, GraphQLInputObjectType):
                    for inner in of.fields:
                        known = guesses(inner) - set(of.fields)
                        yield from ((f"{keyword} {{ {name}({argument}: {{{g}: 1}}) }}", inner) for g in known)


def enum_probes() -> Iterator[tuple[str, str]]:
    """Yield documents that guess types and the values of enums."""
    for name, type_ in SCHEMA.type_map.items():
        if not name.startswith("__"):
            yield from ((f"{{ ... on {g} {{ __typename }} }}", name) for g in guesses(name) - set(SCHEMA.type_map))
        if isinstance(type_, GraphQLEnumType) and not name.startswith("__"):
            for value in type_.values:
                known = guesses(value) - set(type_.values)
                yield from ((f"query($v: {name} = {g}) {{ __typename }}", value) for g in known)


async def test_b64_answer_to_a_guess_suggests_no_name(hidden: httpx.AsyncClient) -> None:
    asked = [*probes(), *enum_probes()]
    assert len(asked) > 500
    for query, name in asked:
        answer = (await hidden.post("/graphql", json={"query": query})).json()
        messages = " ".join(error["message"] for error in answer["errors"])
        assert "data" not in answer, query
        assert "Did you mean" not in messages, query
        assert name in WORD.findall(query) or name not in WORD.findall(messages), (query, messages)


async def test_b64_introspection_is_refused(hidden: httpx.AsyncClient) -> None:
    for query in ("{ __schema { types { name } } }", '{ __type(name: "Account") { fields { name } } }'):
        answer = (await hidden.post("/graphql", json={"query": query})).json()
        assert "data" not in answer
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_b64_answer_to_a_wrong_variable_suggests_no_name(hidden: httpx.AsyncClient) -> None:
    query = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }"
    given = {"email": "a@x.example", "password": "x", "transport": "TOKE", "deviceToke": "x"}
    answer = (await hidden.post("/graphql", json={"query": query, "variables": {"input": given}})).json()
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
    assert not {"deviceToken", "TOKEN"} & set(WORD.findall(str(answer)))
