"""JSON responses, and refusals of a whole request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Send

Headers = Sequence[tuple[bytes, bytes]]

RETRY_LATER: Headers = ((b"retry-after", b"2"),)  # seconds; for a short outage on our side


class RequestError(Exception):
    """Refuses the request as a whole; the message tells the caller what to do."""

    def __init__(
        self, status: int, code: str, message: str, headers: Headers = (), extensions: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
        self._extensions = extensions or {}

    def wire(self, request_id: str) -> dict[str, Any]:
        """Return the refusal as a GraphQL error."""
        return {"message": self.message, "extensions": {"code": self.code, **self._extensions, "requestId": request_id}}


@dataclass(slots=True)
class JsonResponse:
    """A complete response, ready to send."""

    status: int
    body: bytes
    media_type: bytes = b"application/json"
    headers: Headers = ()

    async def send(self, send: Send) -> None:
        """Send the response as two ASGI messages; a Starlette response object would cost more."""
        headers = [
            (b"content-type", self.media_type + b"; charset=utf-8"),
            (b"content-length", str(len(self.body)).encode()),
            *self.headers,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def refusal(error: RequestError, request_id: str, media_type: bytes = b"application/json") -> JsonResponse:
    """Return a refusal in the shape of a GraphQL response, so that clients read errors in one way."""
    return JsonResponse(error.status, orjson.dumps({"errors": [error.wire(request_id)]}), media_type, error.headers)


def rate_limited(message: str, retry_after: int) -> RequestError:
    """Return the refusal by a rate limit; `retry_after` is in seconds (RFC 9110, section 10.2.3)."""
    return RequestError(429, "RATE_LIMITED", message, retry_later(retry_after), {"retryAfter": retry_after})


def retry_later(seconds: int) -> Headers:
    """Return the Retry-After header."""
    return ((b"retry-after", str(seconds).encode()),)
