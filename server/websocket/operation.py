"""One operation on a socket: a query or mutation with one result, or a subscription with many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Protocol

import structlog
from graphql import ExecutionResult, OperationType, subscribe

from auth.viewer import Viewer
from models.db.pool import ConnectionSource
from models.db.query import TALLY
from resolvers.core.context import RequestContext
from resolvers.core.cookies import Cookies
from resolvers.core.live_viewer import LiveViewer
from schema.engine.documents import Document
from server.http.csrf import COOKIE_ON_SOCKET
from server.http.errors import presented, refusal_of
from server.http.execute import overdue, run_operation
from server.http.graphql_api import Api
from server.http.lifetime import Lifetime
from server.http.request import HttpRequest
from server.http.request_parsing import GraphQLRequest, from_payload
from server.http.request_record import RequestRecord
from server.http.responses import RequestError
from server.websocket.protocol import Message

log = structlog.get_logger()


class UnfinishedError(Exception):
    """The socket is about to close with a reason, so the operation sends nothing more."""


class Client(Protocol):
    """The socket, as its operations see it."""

    live_viewer: LiveViewer | None

    async def viewer(self, source: ConnectionSource) -> Viewer:
        """Read the viewer over a connection of `source`; raises UnfinishedError if the session has ended."""

    async def say(self, message: dict[str, Any]) -> None:
        """Send a message; raises OSError when the client is gone."""

    def done(self, operation: "Operation") -> None:
        """Take note that an operation is over."""


class Operation:
    """Runs in a task of its own."""

    def __init__(self, api: Api, handshake: HttpRequest, message: Message, client: Client) -> None:
        self.id = message.id
        self._api, self._message, self._client = api, message, client
        self._record = RequestRecord(handshake.record.method, handshake.record.path)
        self._request = replace(handshake, record=self._record)
        self._is_mutation = False

    def start(self) -> None:
        """Begin."""
        self.task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Cancel the task, except that of a mutation: its transaction is never cut off half-way."""
        if not self._is_mutation:
            self.task.cancel()

    async def _run(self) -> None:
        TALLY.set(self._record.tally)
        try:
            await self._answered()
            self._client.done(self)
            await self._client.say({"id": self.id, "type": "complete"})
        except RequestError as refused:
            await self._refuse([refused.wire(self._record.request_id)])
        except (UnfinishedError, OSError):
            self._record.facts["unfinished"] = True
        except Exception as fault:
            await self._refuse([refusal_of(fault, self._record.request_id).wire(self._record.request_id)])
        finally:
            self._client.done(self)
            self._record.status = 101
            log.info("request", **self._record.line())

    async def _answered(self) -> None:
        assert isinstance(self._message.payload, dict)
        graphql = from_payload(self._message.payload, may_hold_nul=self._message.may_hold_nul)
        document = self._api.known(graphql) or await self._api.read(graphql, self._request)
        operation = document.operation(graphql.operation_name)
        self._record.note_operation(operation)
        kind = operation.operation if operation else None
        self._is_mutation = kind is OperationType.MUTATION
        if document.errors:
            await self._next(ExecutionResult(None, list(document.errors)))
        elif kind is OperationType.SUBSCRIPTION:
            await self._stream(document, graphql)
        else:
            await self._next(await self._executed(document, graphql))

    async def _executed(self, document: Document, graphql: GraphQLRequest) -> ExecutionResult:
        try:
            with Lifetime(self._api.settings.operation_timeout) as lifetime:
                context = await self._context(lifetime)
                context.connection_source = lifetime.executing(changes=self._is_mutation)
                return await run_operation(self._api.schema, document, graphql, context)
        except TimeoutError:
            return overdue()

    async def _stream(self, document: Document, graphql: GraphQLRequest) -> None:
        with Lifetime(self._api.settings.operation_timeout) as lifetime:
            context = await self._context(lifetime)
        stream: Any = subscribe(
            self._api.schema,
            document.node,
            context_value=context,
            variable_values=graphql.variables,
            operation_name=graphql.operation_name,
        )
        if not isinstance(stream, AsyncIterator | ExecutionResult):
            stream = await stream
        if isinstance(stream, ExecutionResult):
            await self._next(stream)
            return
        async with aclosing(stream):
            async for result in stream:
                await self._next(result)

    async def _context(self, lifetime: Lifetime) -> RequestContext:
        viewer = await self._client.viewer(lifetime.reading_session(self._request.resources.pool))
        context = self._request.context(viewer, Cookies(COOKIE_ON_SOCKET))
        context.live_viewer = self._client.live_viewer
        return context

    async def _next(self, result: ExecutionResult) -> None:
        """Send a result; a result without execution is an `error` message, and ends the operation."""
        payload = presented(result, self._record.request_id)
        if "errors" in payload:
            self._record.note_codes(payload["errors"])
        if "data" not in payload:
            await self._refuse(payload["errors"])
            raise UnfinishedError
        await self._client.say({"id": self.id, "type": "next", "payload": payload})

    async def _refuse(self, errors: list[dict[str, Any]]) -> None:
        self._record.note_codes(errors)
        self._client.done(self)
        try:
            await self._client.say({"id": self.id, "type": "error", "payload": errors})
        except OSError:
            self._record.facts["unfinished"] = True
