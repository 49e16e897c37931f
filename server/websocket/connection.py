"""One WebSocket connection: init, operations, and its end with the session behind it."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import orjson
import structlog
from starlette.types import Receive, Send

from auth.rate_limiter import subscriber
from auth.tokens import TokenKind, digest
from auth.viewer import AccountViewer, ServiceViewer, Viewer
from models.db.errors import DatabaseUnavailableError
from models.db.pool import ConnectionSource
from resolvers.core.live_viewer import End, LiveViewer
from server.http.credentials import TOKEN_EXPIRED, credentials_of_socket
from server.http.graphql_api import Api
from server.http.lifetime import Lifetime
from server.http.request import HttpRequest
from server.http.responses import RequestError
from server.websocket.operation import Operation, UnfinishedError
from server.websocket.protocol import ClosedError, Message, authorization_of, message_of
from server.websocket.session_watch import Sockets

log = structlog.get_logger()

LAST_WORDS = 1.0  # seconds for streams to end by themselves after the session has ended
ENDS = {
    End.SESSION_ENDED: ClosedError(4401, "The session has ended; sign in again"),
    End.TOKEN_EXPIRED: ClosedError(4403, "The access token has expired or been replaced; refresh it and connect again"),
    End.UNAVAILABLE: ClosedError(1013, "We cannot tell just now whose session this is; connect again shortly"),
}


class Conversation:
    """A `graphql-transport-ws` conversation with one client."""

    def __init__(self, api: Api, handshake: HttpRequest, receive: Receive, send: Send, sockets: Sockets) -> None:
        self._api, self._handshake = api, handshake
        self._receive, self._send = receive, send
        self._credentials = credentials_of_socket(handshake)
        self._limits = api.settings.socket_limits
        self._sockets = sockets
        self._place = f"address {subscriber(handshake.address or '')}"
        self._acknowledged = False
        self.live_viewer: LiveViewer | None = None
        self._operations: dict[str, Operation] = {}
        self._ended: asyncio.Future[ClosedError] = asyncio.get_running_loop().create_future()
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Serve until either side closes; then running operations are cancelled, except mutations."""
        if not self._sockets.take(self._place, self._limits.per_address):
            await self._close(ClosedError(4429, "Too many sockets; close some first"))
            return
        try:
            closed = await self._until_closed()
            if closed is not None:
                await self._close(closed)
        finally:
            self._sockets.leave(self._place)
            if self.live_viewer is not None:
                self._sockets.watch.remove(self.live_viewer)
            await self._stop()

    async def _until_closed(self) -> ClosedError | None:
        """Return the reason why we close the socket, or None when it is closed already."""
        reading = asyncio.create_task(self._read())
        try:
            waited: list[asyncio.Future[Any]] = [reading, self._ended]
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                return reading.result()
            streams = [operation.task for operation in self._operations.values()]
            if streams and self.live_viewer is not None and self.live_viewer.end is not None:
                await asyncio.wait(streams, timeout=LAST_WORDS)
            return self._ended.result()
        finally:
            reading.cancel()

    async def _read(self) -> ClosedError | None:
        try:
            async with asyncio.timeout(self._limits.init_within):
                while not self._acknowledged:
                    if not await self._take_one():
                        return None
            while await self._take_one():
                pass
        except TimeoutError:
            return ClosedError(4408, "Connection initialisation timeout")
        except ClosedError as closed:
            return closed
        except OSError:
            return None
        except Exception:
            log.exception("websocket failed")
            return ClosedError(1011, "Something went wrong on our side; connect again")
        return None

    async def _take_one(self) -> bool:
        """Handle the next message; return False when there will be none."""
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            return False
        message = message_of(event)
        if message.type == "connection_init":
            await self._init(message.payload or {})
        elif message.type == "ping":
            await self.say({"type": "pong"})
        elif message.type == "subscribe":
            await self._begin(message)
        elif message.type == "complete" and message.id in self._operations:
            self._operations.pop(message.id).stop()
        return True

    async def _init(self, payload: Mapping[str, Any]) -> None:
        if self._acknowledged:
            raise ClosedError(4429, "Too many initialisation requests")
        authorization = authorization_of(payload)
        if authorization is not None:
            self._credentials = replace(self._credentials, authorization=authorization)
        viewer = await self._identified()
        if isinstance(viewer, ServiceViewer):
            raise ClosedError(4403, "A service opens no socket, because its credential is not watched there")
        if isinstance(viewer, AccountViewer):
            self._move_in(viewer)
        self._acknowledged = True
        await self.say({"type": "connection_ack"})

    async def _identified(self) -> Viewer:
        try:
            with Lifetime(self._api.settings.operation_timeout) as lifetime:
                return await self._credentials.viewer(lifetime.reading_session(self._handshake.resources.pool))
        except RequestError as refused:
            if refused.code == TOKEN_EXPIRED:
                raise ENDS[End.TOKEN_EXPIRED] from None
            reason = "The access token is not valid, or its session has ended; sign in again"
            raise ClosedError(4401, reason) from None
        except DatabaseUnavailableError:
            raise ENDS[End.UNAVAILABLE] from None

    def _move_in(self, viewer: AccountViewer) -> None:
        """Count the socket for the account, and watch its session."""
        place = f"account {viewer.account_id}"
        if not self._sockets.take(place, self._limits.per_account):
            raise ClosedError(4429, "Too many sockets of this account; close some first")
        self._sockets.leave(self._place)
        self._place = place
        bearer = (self._credentials.authorization or "").partition(" ")[2].strip()
        secret_hash = digest(TokenKind.ACCESS, bearer) or digest(TokenKind.COOKIE, self._credentials.cookie or "")
        assert secret_hash is not None, "the viewer was found by the hash of their session's secret"
        self.live_viewer = LiveViewer(viewer, secret_hash, lambda end: self._end(ENDS[end]))
        self._sockets.watch.add(self.live_viewer)

    async def _begin(self, message: Message) -> None:
        if not self._acknowledged:
            raise ClosedError(4401, "Unauthorized")
        if message.id in self._operations:
            raise ClosedError(4409, f"Subscriber for {message.id} already exists")
        if len(self._operations) >= self._limits.operations:
            advice = f"At most {self._limits.operations} operations run on one socket; complete one of them first."
            extensions = {"code": "LIMIT_EXCEEDED", "limit": "OPERATIONS", "maximum": self._limits.operations}
            error = {"message": advice, "extensions": extensions}
            await self.say({"id": message.id, "type": "error", "payload": [error]})
            return
        operation = Operation(self._api, self._handshake, message, self)
        self._operations[message.id] = operation
        operation.start()

    async def viewer(self, source: ConnectionSource) -> Viewer:
        """Read the viewer again for each operation; raises UnfinishedError if the session has ended."""
        if self.live_viewer is None:
            return self._credentials.nobody
        await self._sockets.watch.poll(self.live_viewer, source)
        if self.live_viewer.end is not None:
            raise UnfinishedError
        return self.live_viewer.viewer

    async def say(self, message: dict[str, Any]) -> None:
        """Send a message; a client that does not read in time is disconnected, and OSError raised."""
        text = orjson.dumps(message).decode()
        try:
            async with self._sending, asyncio.timeout(self._limits.slow_reader):
                await self._send({"type": "websocket.send", "text": text})
        except TimeoutError:
            self._end(ClosedError(1008, "You read too slowly; ask for less at once"))
            raise ConnectionAbortedError from None

    def done(self, operation: Operation) -> None:
        """Remove an operation; its id may be used again."""
        if self._operations.get(operation.id) is operation:
            del self._operations[operation.id]

    def _end(self, closed: ClosedError) -> None:
        if not self._ended.done():
            self._ended.set_result(closed)

    async def _close(self, closed: ClosedError) -> None:
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(self._limits.slow_reader):
                await self._send({"type": "websocket.close", "code": closed.code, "reason": closed.reason})

    async def _stop(self) -> None:
        operations = list(self._operations.values())
        for operation in operations:
            operation.stop()
        if operations:
            await asyncio.wait([operation.task for operation in operations])
