"""One operation on a socket: a query or mutation answered once, or a subscription answered until it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from time import monotonic
from typing import Any, Protocol

import structlog
from graphql import ExecutionResult, OperationType, subscribe
from starlette.types import Scope

from auth.viewer import Viewer
from models.db.query import TALLY
from resolvers.core.context import RequestContext
from resolvers.core.live_viewer import Watched
from schema.engine.documents import Document
from server.http.content_negotiation import language_for
from server.http.csrf import COOKIE_ON_SOCKET
from server.http.deadline import time_limit
from server.http.errors import presented, refusal_of
from server.http.execute import overdue, run_operation
from server.http.graphql_api import Api
from server.http.headers import HEADERS
from server.http.request_parsing import GraphQLRequest, from_payload
from server.http.request_record import Exchange, address_of
from server.http.responses import RefusedRequestError
from server.websocket.protocol import Message

log = structlog.get_logger()


class UnfinishedError(Exception):
    """The socket is about to close, and says why; the operation says nothing more."""


class Client(Protocol):
    """The socket, as an operation on it knows it."""

    watched: Watched | None

    async def viewer(self) -> Viewer:
        """Return who asks; raises UnfinishedError when that is nobody any more."""

    async def say(self, message: dict[str, Any]) -> None:
        """Send a message; raises OSError when nobody takes it."""

    def done(self, operation: "Operation") -> None:
        """Hear that an operation is over."""


class Operation:
    """Runs in a task of its own."""

    def __init__(self, api: Api, scope: Scope, message: Message, client: Client) -> None:
        self.id = message.id
        self._api, self._scope, self._message, self._client = api, scope, message, client
        self._exchange = Exchange(method="WEBSOCKET", path=scope["path"])
        self._is_mutation = False

    def start(self) -> None:
        """Begin."""
        self.task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Stop, unless it is a mutation, which is done or not done but never half."""
        if not self._is_mutation:
            self.task.cancel()

    async def _run(self) -> None:
        TALLY.set(self._exchange)
        try:
            await self._answered()
            self._client.done(self)
            await self._client.say({"id": self.id, "type": "complete"})
        except RefusedRequestError as refused:
            await self._refuse([refused.wire(self._exchange.request_id)])
        except (UnfinishedError, OSError):
            self._exchange.facts["unfinished"] = True
        except Exception as fault:
            await self._refuse([refusal_of(fault, self._exchange.request_id).wire(self._exchange.request_id)])
        finally:
            self._client.done(self)
            self._exchange.status = 101
            log.info("request", **self._exchange.line())

    async def _answered(self) -> None:
        assert isinstance(self._message.payload, dict)
        request = from_payload(self._message.payload, may_hold_nul=self._message.may_hold_nul)
        throttles = self._scope["app"].state.services.throttles
        document = self._api.known(request) or await self._api.read(request, throttles, address_of(self._scope))
        operation = document.operation(request.operation_name)
        self._exchange.note_operation(operation)
        self._is_mutation = operation is not None and operation.operation is OperationType.MUTATION
        if document.errors:
            await self._next(ExecutionResult(None, list(document.errors)))
            return
        deadline = monotonic() + self._api.settings.operation_timeout
        context = await self._context()
        if operation is not None and operation.operation is OperationType.SUBSCRIPTION:
            await self._stream(document, request, context)
        else:
            try:
                with time_limit(deadline):
                    result = await run_operation(self._api.schema, document, request, context)
            except TimeoutError:
                result = overdue()
            await self._next(result)

    async def _stream(self, document: Document, request: GraphQLRequest, context: RequestContext) -> None:
        stream: Any = subscribe(
            self._api.schema,
            document.node,
            context_value=context,
            variable_values=request.variables,
            operation_name=request.operation_name,
        )
        if not isinstance(stream, AsyncIterator | ExecutionResult):
            stream = await stream
        if isinstance(stream, ExecutionResult):
            await self._next(stream)
            return
        async with aclosing(stream):
            async for result in stream:
                await self._next(result)

    async def _context(self) -> RequestContext:
        viewer = await self._client.viewer()
        self._exchange.signed_in = viewer.signed_in
        headers = self._scope[HEADERS]
        return RequestContext(
            services=self._scope["app"].state.services,
            viewer=viewer,
            request_id=self._exchange.request_id,
            address=address_of(self._scope),
            language=language_for(headers.get("accept-language", ""), viewer),
            user_agent=headers.get("user-agent"),
            cookie_refusal=COOKIE_ON_SOCKET,
            watched=self._client.watched,
        )

    async def _next(self, result: ExecutionResult) -> None:
        """Send a result; one that nothing was executed for is an `error`, and the last that is said."""
        payload = presented(result, self._exchange.request_id)
        if "errors" in payload:
            self._exchange.note_codes(payload["errors"])
        if "data" not in payload:
            await self._refuse(payload["errors"])
            raise UnfinishedError
        await self._client.say({"id": self.id, "type": "next", "payload": payload})

    async def _refuse(self, errors: list[dict[str, Any]]) -> None:
        self._exchange.note_codes(errors)
        self._client.done(self)
        try:
            await self._client.say({"id": self.id, "type": "error", "payload": errors})
        except OSError:
            self._exchange.facts["unfinished"] = True
