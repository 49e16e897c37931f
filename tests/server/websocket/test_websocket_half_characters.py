"""A lone surrogate in a message over a socket is refused with a reason, and the server continues."""

import json

import pytest

from auth.tokens import TokenKind
from server.db.database import Database
from tests.server.sessions import add_session
from tests.server.websocket.socket_client import opened

SEARCH = "query($text: String!) { organizations(search: $text) { totalCount } }"
HALF = "\ud800"
MESSAGES: dict[str, dict[str, object]] = {
    "a variable": {"id": "1", "type": "subscribe", "payload": {"query": SEARCH, "variables": {"text": HALF}}},
    "the id": {"id": HALF, "type": "subscribe", "payload": {"query": "{ me { id } }"}},
    "the type": {"id": "1", "type": HALF},
    "the init": {"type": "connection_init", "payload": {"authorization": f"Bearer {HALF}"}},
}


@pytest.mark.parametrize("where", MESSAGES)
async def test_b70_half_a_character_in_a_message_closes_the_socket_as_malformed(
    url: str, database: Database, where: str
) -> None:
    async with opened(url) as socket:
        if where != "the init":
            await socket.begin()
        await socket.say(json.dumps(MESSAGES[where]))
        assert await socket.closed() == 4400


async def test_b70_half_a_character_in_a_document_is_that_operations_fault_alone(
    url: str, dsn: str, database: Database
) -> None:
    async with opened(url) as socket:
        await socket.begin(await add_session(dsn, TokenKind.ACCESS))
        answer = await socket.ask('{ organizations(search: "\\ud800") { totalCount } }')
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_PARSE_FAILED"]
        assert await socket.ask(SEARCH, text="\U0001f4ee") == {"data": {"organizations": {"totalCount": 0}}}
