"""Parses a body, a query string or a WebSocket payload into a GraphQL request; a malformed one is refused with a
reason.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from server.http.responses import RequestError


@dataclass(slots=True)
class GraphQLRequest:
    """A GraphQL request of the right shape; its document is not parsed yet."""

    query: str | None
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    document_id: str | None = None


def from_body(body: bytes) -> GraphQLRequest:
    """Return the request in a JSON body; raises RequestError."""
    request = _shaped(_parsed(body, "The body"))
    # JSON can express NUL only by this escape, and PostgreSQL's text cannot hold one.
    if b"\\u0000" in body:
        _refuse_nul(request.variables)
    return request


def from_payload(payload: dict[str, Any], *, may_hold_nul: bool) -> GraphQLRequest:
    """Return the request in the payload of a `subscribe` message; raises RequestError."""
    request = _shaped(payload)
    if may_hold_nul:
        _refuse_nul(request.variables)
    return request


def from_query_string(query_string: bytes) -> GraphQLRequest:
    """Return the request in a query string; raises RequestError."""
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise bad_request("The query string is not valid; percent-encode it as UTF-8.") from None
    parameters: dict[str, Any] = dict(pairs)
    if len(parameters) < len(pairs):
        raise bad_request("A parameter stands twice in the query string; send each once.")
    for name in ("variables", "extensions"):
        if parameters.get(name):
            parameters[name] = _parsed(parameters[name].encode(), f"The parameter {name}")
        else:
            parameters.pop(name, None)
    request = _shaped(parameters)
    _refuse_nul(request.variables)
    return request


def bad_request(message: str) -> RequestError:
    """Return the refusal of a malformed request with this message."""
    return RequestError(400, "BAD_REQUEST", message)


def _parsed(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"{what} is not valid JSON in UTF-8 ({error}); send one JSON object.") from None


def _shaped(parameters: Any) -> GraphQLRequest:
    if isinstance(parameters, list):
        raise bad_request("Several operations in one body are not accepted; send each as a request of its own.")
    if not isinstance(parameters, dict):
        raise bad_request('The body must be a JSON object such as {"query": "{ me { id } }"}.')
    get = parameters.get
    query, name, variables, document_id = get("query"), get("operationName"), get("variables"), get("documentId")
    _require_one_document(query, document_id)
    if name is not None and not isinstance(name, str):
        raise bad_request("The parameter operationName must be a text or null.")
    if variables is not None and not isinstance(variables, dict):
        raise bad_request("The parameter variables must be an object or null.")
    if (extensions := get("extensions")) is not None and not isinstance(extensions, dict):
        raise bad_request("The parameter extensions must be an object or null.")
    return GraphQLRequest(query, name or None, variables, document_id)


def _require_one_document(query: Any, document_id: Any) -> None:
    if document_id is None:
        if not isinstance(query, str) or not query.strip():
            raise bad_request("The parameter query must be a text with a GraphQL document.")
    elif query is not None:
        raise bad_request("Send either query or documentId, not both.")
    elif not isinstance(document_id, str):
        raise bad_request("The parameter documentId must be a text: sha256: and the hash of a registered document.")


def _refuse_nul(variables: dict[str, Any] | None) -> None:
    waiting: list[Any] = [variables]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and "\0" in value:
            raise RequestError(
                400, "BAD_USER_INPUT", "A text in the variables has a NUL character (U+0000); remove it."
            )
