"""Reads a request's body up to a limit of bytes; `Lifetime` limits the time."""

from collections.abc import Mapping

from starlette.types import Receive

from server.http.responses import RequestError


class ClientGoneError(Exception):
    """The caller has disconnected, so no response can be delivered."""


async def read_body(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    """Return the whole body; raises RequestError beyond `limit` bytes, even if Content-Length announced fewer."""
    announced = headers.get("content-length", "")
    if announced.isdigit() and (len(announced) > 18 or int(announced) > limit):
        raise _too_large(limit)
    body = bytearray()  # bytes would be copied again for each of a hundred thousand one-byte chunks
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return bytes(body)


def body_overdue() -> RequestError:
    """Return the refusal of a body that arrived too slowly."""
    return RequestError(408, "BODY_TIMEOUT", "The body did not arrive in time; send it again.")


def _too_large(limit: int) -> RequestError:
    message = f"The body is larger than {limit} bytes; send less in one request."
    return RequestError(413, "BODY_TOO_LARGE", message)
