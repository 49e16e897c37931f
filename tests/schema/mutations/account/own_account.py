"""Mutations of the caller's own account, as tests call them."""

from typing import Any

import httpx
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from schema.build import SCHEMA
from tests.schema.asking import post

Payload = dict[str, Any]

PASSWORD = "vanhan myllyn kalat uivat"  # a password that the rules accept


async def do(
    client: httpx.AsyncClient, mutation: str, given: Payload, headers: dict[str, str] | None = None
) -> Payload:
    """Return the payload of a mutation with that input."""
    query = (
        f"mutation($input: {mutation[0].upper()}{mutation[1:]}Input!) "
        f"{{ {mutation}(input: $input) {{ {fields_of(mutation)} }} }}"
    )
    answer = (await post(client, query, {"input": given}, headers)).json()
    assert "errors" not in answer, answer
    payload: Payload = answer["data"][mutation]
    return payload


def fields_of(mutation: str) -> str:
    """Return a selection of a mutation's payload: its leaves, its account and the user errors."""
    objects = {
        "userErrors": "userErrors { code field message }",
        "account": "account { id email pendingEmail emailConfirmedAt version }",
    }
    payload = SCHEMA.type_map[f"{mutation[0].upper()}{mutation[1:]}Payload"]
    assert isinstance(payload, GraphQLObjectType)
    leaves = [name for name, field in payload.fields.items() if is_leaf_type(get_named_type(field.type))]
    return " ".join(leaves + [objects[name] for name in payload.fields if name in objects])


def codes(payload: Payload) -> list[str]:
    """Return the codes of a payload's user errors."""
    return [error["code"] for error in payload["userErrors"]]


def reasons(payload: Payload) -> list[tuple[str, str]]:
    """Return the codes of a payload's user errors, each with its field."""
    return [(error["code"], ".".join(error["field"] or [])) for error in payload["userErrors"]]
