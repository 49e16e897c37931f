"""The layer around everything: gives each request its id, answers what nobody else did, and writes its line."""

from collections.abc import Mapping

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.reading import TALLY
from server.answers import refusal
from server.body import ClientGoneError
from server.errors import refusal_of
from server.exchange import KEY, Exchange
from server.headers import HEADERS, combined
from server.negotiation import answer_type

log = structlog.get_logger()

_ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
_NOT_KEPT = (b"cache-control", b"no-store")


class RequestLog:
    """ASGI middleware around everything, so that no fault leaves as anything but a fixed text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and log it; other kinds of connection pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = scope[HEADERS] = combined(scope["headers"])
        exchange = scope[KEY] = Exchange(scope["method"], scope["path"])
        exchange.note_foreign_id(headers.get("x-request-id"))
        token = TALLY.set(exchange.tally)
        try:
            await self._serve(scope, receive, _Sender(send, exchange))
        finally:
            TALLY.reset(token)
            log.info("request", **exchange.line())

    async def _serve(self, scope: Scope, receive: Receive, send: "_Sender") -> None:
        try:
            await self._app(scope, receive, send)
        except ClientGoneError:
            return
        except Exception as fault:
            error = refusal_of(fault, send.exchange.request_id)
            if send.started:
                raise
            send.exchange.facts["codes"] = [error.code]
            await refusal(error, send.exchange.request_id, _media_type(scope[HEADERS])).send(send)


def _media_type(headers: Mapping[str, str]) -> bytes:
    return answer_type(headers.get("accept", ""))


class _Sender:
    """Sends on, adding the headers that every answer has."""

    def __init__(self, send: Send, exchange: Exchange) -> None:
        self._send = send
        self.exchange = exchange
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.exchange.status = message["status"]
            headers = message["headers"] = [*message["headers"], *_ALWAYS]
            headers.append((b"x-request-id", self.exchange.request_id.encode()))
            if _NOT_KEPT[0] not in dict(headers):
                headers.append(_NOT_KEPT)
        await self._send(message)
