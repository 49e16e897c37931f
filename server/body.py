"""Reads a request's body, bounded in bytes and in time."""

import asyncio
from collections.abc import Mapping

from starlette.types import Receive

from server.answers import RefusedRequestError
from server.time_limit import time_limit


class ClientGoneError(Exception):
    """The caller has hung up, and there is nobody to answer."""


async def read_body(receive: Receive, headers: Mapping[str, str], limit: int, seconds: float) -> bytes:
    """Return the whole body; raises RefusedRequestError beyond `limit` bytes, whatever was announced, or `seconds`."""
    announced = headers.get("content-length", "")
    if announced.isdigit() and (len(announced) > 18 or int(announced) > limit):
        raise _too_large(limit)
    try:
        with time_limit(asyncio.get_running_loop().time() + seconds):
            return await _counted(receive, limit)
    except TimeoutError:
        message = f"The body did not arrive within {seconds:g} seconds; send it again."
        raise RefusedRequestError(408, "BODY_TIMEOUT", message) from None


async def _counted(receive: Receive, limit: int) -> bytes:
    body = bytearray()  # bytes would be copied anew for each of a hundred thousand one-byte chunks
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return bytes(body)


def _too_large(limit: int) -> RefusedRequestError:
    message = f"The body is larger than {limit} bytes; send less in one request."
    return RefusedRequestError(413, "BODY_TOO_LARGE", message)
