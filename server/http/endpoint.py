"""GraphQL endpoint over HTTP, as in the GraphQL-over-HTTP specification.

A plain ASGI application on a Starlette route: request and response objects would cost a tenth of a read. Faults of a
whole request are raised as RequestError and answered by `RequestLog`.
"""

import re
from typing import Any

import orjson
from graphql import ExecutionResult, OperationType
from starlette.types import Receive, Scope, Send

from schema.engine.documents import Document
from server.http.body import body_overdue, read_body
from server.http.content_negotiation import GRAPHQL_RESPONSE, answer_type
from server.http.cookies import set_cookie_headers
from server.http.credentials import Credentials, credentials_of_get, credentials_of_post
from server.http.errors import presented
from server.http.execute import overdue, run_operation
from server.http.graphql_api import Api
from server.http.lifetime import Lifetime
from server.http.request import HttpRequest
from server.http.request_parsing import GraphQLRequest, bad_request, from_body, from_query_string
from server.http.responses import RETRY_LATER, Headers, JsonResponse, RequestError, retry_later

_JSON = re.compile(r'application/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?', re.ASCII | re.IGNORECASE)
_AWAY = {"UNAVAILABLE", "TIMEOUT"}
# looked up once instead of with every request
_MUTATION, _SUBSCRIPTION = OperationType.MUTATION, OperationType.SUBSCRIPTION


class GraphQLEndpoint:
    """Answers `/graphql` for one schema."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = HttpRequest.of(scope)
        try:
            with Lifetime(self._api.settings.slow_caller_timeout, body_overdue) as lifetime:
                answer = await self._answered(request, receive, lifetime)
        except TimeoutError:
            answer = _answer(request, overdue())
        await answer.send(send)

    async def _answered(self, request: HttpRequest, receive: Receive, lifetime: Lifetime) -> JsonResponse:
        """Receive, read the document, check the kind of operation, authenticate, run, answer."""
        graphql, credentials = await self._received(request, receive)

        lifetime.begin_operation(self._api.settings.operation_timeout)
        document = self._api.known(graphql) or await self._api.read(graphql, request)
        if document.errors:
            return _answer(request, ExecutionResult(None, list(document.errors)))

        changes = _operation_kind(request, document, graphql) is _MUTATION
        if not changes:
            lifetime.watch_caller(receive)

        viewer = await credentials.viewer(lifetime.reading_session(request.resources.pool))

        context = request.context(viewer, credentials.cookies(viewer))
        context.connection_source = lifetime.executing(changes=changes)
        result = await run_operation(self._api.schema, document, graphql, context)

        return _answer(request, result, set_cookie_headers(context.cookies))

    async def _received(self, request: HttpRequest, receive: Receive) -> tuple[GraphQLRequest, Credentials]:
        if request.method == "POST":
            _require_json(request)
            credentials = credentials_of_post(request, self._api.rules)
            body = await read_body(receive, request.headers, self._api.settings.body_limit)
            return from_body(body), credentials
        if request.method == "GET":
            return from_query_string(request.query_string), credentials_of_get(request)
        raise _method_refused("Send the operation by POST, or a query by GET.", b"GET, POST")


def _require_json(request: HttpRequest) -> None:
    content_type = request.headers.get("content-type", "").strip()
    if content_type != "application/json" and not _JSON.fullmatch(content_type):
        message = "Send the operation as JSON with the header `Content-Type: application/json`."
        raise RequestError(415, "UNSUPPORTED_MEDIA_TYPE", message)


def _operation_kind(request: HttpRequest, document: Document, graphql: GraphQLRequest) -> OperationType | None:
    """Return the kind of the operation; None when no operation has that name: graphql-core explains that."""
    operation = document.operation(graphql.operation_name)
    request.record.note_operation(operation)
    kind = operation.operation if operation else None
    if kind is _SUBSCRIPTION:
        raise bad_request("Subscriptions do not run over plain HTTP; open a WebSocket (graphql-transport-ws) instead.")
    if kind is _MUTATION and request.method == "GET":
        raise _method_refused("A GET must not change anything; send the mutation by POST.", b"POST")
    return kind


def _answer(request: HttpRequest, result: ExecutionResult, cookies: Headers = ()) -> JsonResponse:
    payload = presented(result, request.record.request_id)
    media_type = answer_type(request.headers.get("accept", ""))
    status, headers = 200, cookies
    if "errors" in payload:
        codes = request.record.note_codes(payload["errors"])
        if "data" not in payload:
            status, more = _status_without_data(codes, payload["errors"], media_type)
            headers = (*more, *cookies)
    return JsonResponse(status, orjson.dumps(payload), media_type, headers)


def _status_without_data(codes: set[str], errors: list[dict[str, Any]], media_type: bytes) -> tuple[int, Headers]:
    if codes & _AWAY:
        return 503, RETRY_LATER
    if "RATE_LIMITED" in codes:
        return 429, retry_later(max(error["extensions"].get("retryAfter", 1) for error in errors))
    # Only the newer media type may say by its status that nothing was executed (specification).
    return (400 if media_type == GRAPHQL_RESPONSE else 200), ()


def _method_refused(message: str, allowed: bytes) -> RequestError:
    return RequestError(405, "METHOD_NOT_ALLOWED", message, ((b"allow", allowed),))
