"""What goes back over HTTP: a JSON body with a status, or a refusal of the whole request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Send

Headers = Sequence[tuple[bytes, bytes]]

RETRY_LATER: Headers = ((b"retry-after", b"2"),)


class RefusedRequestError(Exception):
    """The request as a whole is refused; the message tells the caller what to do."""

    def __init__(self, status: int, code: str, message: str, headers: Headers = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


@dataclass(slots=True)
class Answer:
    """One whole answer, ready to send."""

    status: int
    body: bytes
    media_type: bytes = b"application/json"
    headers: Headers = ()

    async def send(self, send: Send) -> None:
        """Send it in two messages, without a response object in between."""
        headers = [
            (b"content-type", self.media_type + b"; charset=utf-8"),
            (b"content-length", str(len(self.body)).encode()),
            *self.headers,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def refusal(error: RefusedRequestError, request_id: str, media_type: bytes = b"application/json") -> Answer:
    """Return a refusal in the shape of a GraphQL answer, so that a client needs one way of reading errors."""
    wire: dict[str, Any] = {"message": error.message, "extensions": {"code": error.code, "requestId": request_id}}
    return Answer(error.status, orjson.dumps({"errors": [wire]}), media_type, error.headers)
