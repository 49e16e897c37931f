"""The mutations of one's own account as tests ask them."""

from typing import Any

import httpx

from tests.schema.asking import post

Payload = dict[str, Any]

_ACCOUNT = {"passwordChange", "emailChangeRequest", "emailChangeConfirm"}
_MORE = {"emailConfirm": "email ", "passwordCheck": "score hints "}
PASSWORD = "vanhan myllyn kalat uivat"  # a password that the rules accept


async def do(
    client: httpx.AsyncClient, mutation: str, given: Payload, headers: dict[str, str] | None = None
) -> Payload:
    """Return the payload of a mutation with that input."""
    fields = "account { id email pendingEmail emailConfirmedAt version } " if mutation in _ACCOUNT else ""
    fields += _MORE.get(mutation, "")
    query = (
        f"mutation($input: {mutation[0].upper()}{mutation[1:]}Input!) "
        f"{{ {mutation}(input: $input) {{ {fields}userErrors {{ code field message }} }} }}"
    )
    answer = (await post(client, query, {"input": given}, headers)).json()
    assert "errors" not in answer, answer
    payload: Payload = answer["data"][mutation]
    return payload


def codes(payload: Payload) -> list[str]:
    """Return the codes of a payload's user errors."""
    return [error["code"] for error in payload["userErrors"]]


def reasons(payload: Payload) -> list[tuple[str, str]]:
    """Return the codes of a payload's user errors, each with its field."""
    return [(error["code"], ".".join(error["field"] or [])) for error in payload["userErrors"]]
