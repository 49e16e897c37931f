"""Renders all errors: errors for the client unchanged, others as a fixed text.

Errors for the client are those with one of our codes, and graphql-core's about the client's document and variables.
Texts of libraries or of the database only go to the log, under the request's id.
"""

from typing import Any

import structlog
from graphql import ExecutionResult, GraphQLError
from starlette.exceptions import HTTPException

from auth.passwords.hashing import PasswordWorkBusyError
from models.db.errors import DatabaseUnavailableError
from server.http.responses import RETRY_LATER, RequestError

ERRORS_IN_AN_ANSWER = 10

UNAVAILABLE = (DatabaseUnavailableError, PasswordWorkBusyError)
UNAVAILABLE_TEXT = "We cannot answer just now. Try again in a few seconds."
INTERNAL_TEXT = "Something went wrong on our side. Try again; if it goes on, tell customer service the request id."

log = structlog.get_logger()


def refusal_of(fault: Exception, request_id: str) -> RequestError:
    """Return the refusal for an exception, after logging the details that it hides."""
    if isinstance(fault, RequestError):
        return fault
    if isinstance(fault, HTTPException):
        return _by_router(fault)
    if isinstance(fault, UNAVAILABLE):
        log.warning("unavailable", request_id=request_id, reason=str(fault))
        return RequestError(503, "UNAVAILABLE", UNAVAILABLE_TEXT, RETRY_LATER)
    log.error("internal error", request_id=request_id, exc_info=fault)
    return RequestError(500, "INTERNAL", INTERNAL_TEXT)


def _by_router(refused: HTTPException) -> RequestError:
    if refused.status_code == 404:
        return RequestError(404, "NOT_FOUND", "There is nothing here; the API is at /graphql.")
    headers = tuple((name.lower().encode(), value.encode()) for name, value in (refused.headers or {}).items())
    message = "Use a method that the Allow header names."
    return RequestError(refused.status_code, "METHOD_NOT_ALLOWED", message, headers)


def presented(result: ExecutionResult, request_id: str) -> dict[str, Any]:
    """Return a result in its wire format, with at most ten errors.

    Errors are ordered by the position of their fields in the document, then by path. Otherwise their order would reveal
    which read came first and which executor answered.
    """
    if not result.errors:
        return {"data": result.data}
    located = sorted(result.errors, key=_place)
    errors = [_presented(error, request_id) for error in located[:ERRORS_IN_AN_ANSWER]]
    wire: dict[str, Any] = {"errors": errors}
    if _answers_nothing(result, errors):
        return wire
    if len(result.errors) > ERRORS_IN_AN_ANSWER:
        wire["extensions"] = {"errorsLeftOut": len(result.errors) - ERRORS_IN_AN_ANSWER}
    wire["data"] = result.data
    return wire


def _place(error: GraphQLError) -> tuple[tuple[int, int], list[tuple[int, str]]]:
    """Return the sort key of an error; errors without a field come first, in their own order."""
    if not error.path:
        return (0, 0), []
    steps = [(part, "") if isinstance(part, int) else (-1, part) for part in error.path]
    return error.locations[0] if error.locations else (0, 0), steps


def _presented(error: GraphQLError, request_id: str) -> dict[str, Any]:
    wire: dict[str, Any] = dict(error.formatted)
    cause = _cause(error)
    if isinstance(cause, UNAVAILABLE):
        log.warning("unavailable", request_id=request_id, path=error.path, reason=str(cause))
        wire["message"], wire["extensions"] = UNAVAILABLE_TEXT, {"code": "UNAVAILABLE", "requestId": request_id}
    elif _concerns_input(error, cause) or (isinstance(cause, GraphQLError) and "code" in (error.extensions or {})):
        wire.setdefault("extensions", {"code": "BAD_USER_INPUT"})
    else:
        log.error("internal error", request_id=request_id, path=error.path, exc_info=cause)
        wire["message"], wire["extensions"] = INTERNAL_TEXT, {"code": "INTERNAL", "requestId": request_id}
    return wire


def _concerns_input(error: GraphQLError, cause: Exception) -> bool:
    """Return whether graphql-core says this about the client's variables or arguments.

    An error without a path came before execution. With a path, only checks of arguments name the node at fault
    themselves. The executor locates errors about our values afterwards, and those would quote the value.
    """
    return not error.path or (isinstance(cause, GraphQLError) and bool(cause.nodes))


def _cause(error: GraphQLError) -> Exception:
    """Return the exception that was raised first."""
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _answers_nothing(result: ExecutionResult, errors: list[dict[str, Any]]) -> bool:
    """Return whether there is no data to send: nothing was executed, or the client has to repeat all of it."""
    executed = any("path" in error for error in errors)
    if result.data is None:
        return not executed or _all_later(errors)
    return all(value is None for value in result.data.values()) and _all_later(errors)


def _all_later(errors: list[dict[str, Any]]) -> bool:
    codes = {error["extensions"]["code"] for error in errors}
    return codes in ({"UNAVAILABLE"}, {"RATE_LIMITED"})
