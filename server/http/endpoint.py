"""The GraphQL endpoint over HTTP, as the GraphQL-over-HTTP specification has it: from bytes to an answer.

It is a plain ASGI application on a Starlette route: request and response objects would cost a tenth of a read.
What is wrong with a request as a whole is raised as RefusedRequestError and answered by the outermost layer.
"""

import re
from time import monotonic

import orjson
from graphql import ExecutionResult, OperationType
from starlette.types import Receive, Scope, Send

from auth.viewer import Viewer
from models.db.lease import Loan
from resolvers.core.context import RequestContext, Services
from schema.engine.documents import Document
from server.http.body import body_overdue, read_body
from server.http.content_negotiation import GRAPHQL_RESPONSE, answer_type, language_for
from server.http.credentials import Credentials, credentials_of_get, credentials_of_post, session_overdue
from server.http.csrf import cookie_headers, device_cookie
from server.http.deadline import time_limit
from server.http.errors import presented
from server.http.execute import overdue, run_operation
from server.http.graphql_api import Api
from server.http.headers import HEADERS
from server.http.request_parsing import GraphQLRequest, bad_request, from_body, from_query_string
from server.http.request_record import address_of, exchange_of
from server.http.responses import RETRY_LATER, Answer, RefusedRequestError, retry_later

_JSON = re.compile(r'application/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?', re.ASCII | re.IGNORECASE)
_AWAY = {"UNAVAILABLE", "TIMEOUT"}
_MUTATION, _SUBSCRIPTION = OperationType.MUTATION, OperationType.SUBSCRIPTION  # looked up once, not with every request


class GraphQLEndpoint:
    """Answers `/graphql` for one schema."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        limit = time_limit(monotonic() + self._api.settings.slow_caller_timeout, body_overdue)
        try:
            with limit:
                answer = await self._answered(scope, receive, limit)
        except TimeoutError:
            answer = _wire(scope, overdue())
        await answer.send(send)

    async def _answered(self, scope: Scope, receive: Receive, limit: time_limit) -> Answer:
        if scope["method"] == "POST":
            request, credentials = await self._posted(scope, receive)
        elif scope["method"] == "GET":
            request, credentials = from_query_string(scope["query_string"]), credentials_of_get(scope)
        else:
            raise _method_refused("Send the operation by POST, or a query by GET.", b"GET, POST")
        deadline = monotonic() + self._api.settings.operation_timeout
        limit.move(deadline)
        document = self._api.known(request) or await self._read(scope, request)
        if document.errors:
            return _wire(scope, ExecutionResult(None, list(document.errors)))
        changes = _kind(scope, document, request) is _MUTATION
        if not changes:
            limit.watch(receive)
        services = scope["app"].state.services
        with Loan(services.pool) as loan:
            limit.move(deadline, session_overdue)
            context = _context(scope, services, await credentials.viewer(loan), credentials)
            limit.move(deadline)
            if changes:
                loan.end()
            else:
                context.lender = loan
            answer = _wire(scope, await run_operation(self._api.schema, document, request, context))
        cookies = cookie_headers(context)
        if cookies:
            answer.headers = [*answer.headers, *cookies]
        return answer

    async def _read(self, scope: Scope, request: GraphQLRequest) -> Document:
        return await self._api.read(request, scope["app"].state.services.throttles, address_of(scope))

    async def _posted(self, scope: Scope, receive: Receive) -> tuple[GraphQLRequest, Credentials]:
        content_type = scope[HEADERS].get("content-type", "").strip()
        if content_type != "application/json" and not _JSON.fullmatch(content_type):
            message = "Send the operation as JSON with the header `Content-Type: application/json`."
            raise RefusedRequestError(415, "UNSUPPORTED_MEDIA_TYPE", message)
        credentials = credentials_of_post(scope, self._api.rules)
        return from_body(await read_body(receive, scope[HEADERS], self._api.settings.body_limit)), credentials


def _kind(scope: Scope, document: Document, request: GraphQLRequest) -> OperationType | None:
    """Return what kind of operation is asked for, None when only the reference can say what is wrong with its name."""
    operation = document.operation(request.operation_name)
    exchange_of(scope).note_operation(operation)
    kind = operation.operation if operation else None
    if kind is _SUBSCRIPTION:
        raise bad_request("Subscriptions do not run over plain HTTP; open a WebSocket (graphql-transport-ws) instead.")
    if kind is _MUTATION and scope["method"] == "GET":
        raise _method_refused("A GET must not change anything; send the mutation by POST.", b"POST")
    return kind


def _context(scope: Scope, services: Services, viewer: Viewer, credentials: Credentials) -> RequestContext:
    exchange, headers = exchange_of(scope), scope[HEADERS]
    exchange.signed_in = viewer.signed_in
    return RequestContext(
        services,
        viewer,
        exchange.request_id,
        address_of(scope),
        language_for(headers.get("accept-language", ""), viewer),
        headers.get("user-agent"),
        device=device_cookie(headers) if credentials.cookie_refusal is None else None,
        cookie_refusal=credentials.cookie_refusal,
        clear_cookie=credentials.cookie is not None and not viewer.signed_in,
    )


def _wire(scope: Scope, result: ExecutionResult) -> Answer:
    exchange = exchange_of(scope)
    payload = presented(result, exchange.request_id)
    media_type = answer_type(scope[HEADERS].get("accept", ""))
    if "errors" not in payload:
        return Answer(200, orjson.dumps(payload), media_type)
    codes = exchange.note_codes(payload["errors"])
    if "data" in payload:
        return Answer(200, orjson.dumps(payload), media_type)
    if codes & _AWAY:
        return Answer(503, orjson.dumps(payload), media_type, RETRY_LATER)
    if "RATE_LIMITED" in codes:
        seconds = max(error["extensions"].get("retryAfter", 1) for error in payload["errors"])
        return Answer(429, orjson.dumps(payload), media_type, retry_later(seconds))
    # The specification lets only the newer media type say with its status that nothing was executed.
    return Answer(400 if media_type == GRAPHQL_RESPONSE else 200, orjson.dumps(payload), media_type)


def _method_refused(message: str, allowed: bytes) -> RefusedRequestError:
    return RefusedRequestError(405, "METHOD_NOT_ALLOWED", message, ((b"allow", allowed),))
