"""Client of `graphql-transport-ws` that can also violate the protocol."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PROTOCOL = "graphql-transport-ws"
INIT = {"type": "connection_init"}
PATIENCE = 10.0  # seconds


class Socket:
    """One open socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, *messages: dict[str, Any] | str | bytes) -> None:
        """Send messages, as JSON unless they are text or bytes already."""
        for message in messages:
            await self.connection.send(orjson.dumps(message).decode() if isinstance(message, dict) else message)

    async def hear(self) -> dict[str, Any]:
        """Return the next message."""
        async with asyncio.timeout(PATIENCE):
            message: dict[str, Any] = orjson.loads(await self.connection.recv())
        return message

    async def begin(self, token: str | None = None) -> None:
        """Send connection_init with the token."""
        await self.say(INIT | ({"payload": {"authorization": f"Bearer {token}"}} if token else {}))
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, query: str, identity: str = "1", **variables: Any) -> None:
        """Begin an operation."""
        payload = {"query": query, "variables": variables or None}
        await self.say({"id": identity, "type": "subscribe", "payload": payload})

    async def ask(self, query: str, identity: str = "q", **variables: Any) -> dict[str, Any]:
        """Return the whole answer to a query or mutation."""
        await self.subscribe(query, identity, **variables)
        answer = await self.hear()
        assert answer["id"] == identity
        if answer["type"] == "next":
            assert await self.hear() == {"id": identity, "type": "complete"}
            payload: dict[str, Any] = answer["payload"]
            return payload
        return {"errors": answer["payload"]}

    async def closed(self) -> int | None:
        """Return the server's closing code; skips earlier messages."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self.connection.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


@asynccontextmanager
async def opened(url: str, protocols: tuple[str, ...] = (PROTOCOL,), **options: Any) -> AsyncIterator[Socket]:
    """Open a socket at the GraphQL endpoint of a server."""
    address = url.replace("http", "ws", 1) + "/graphql"
    subprotocols: Any = list(protocols) or None
    async with connect(address, subprotocols=subprotocols, compression=None, max_size=None, **options) as connection:
        yield Socket(connection)
