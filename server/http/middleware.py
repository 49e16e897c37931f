"""Outermost middleware: gives each request its id, answers unhandled exceptions, and writes the log line."""

from collections.abc import Awaitable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.db.query import TALLY
from server.http.body import ClientGoneError
from server.http.content_negotiation import answer_type
from server.http.errors import refusal_of
from server.http.request import HttpRequest
from server.http.request_record import RequestRecord
from server.http.responses import Headers, refusal

log = structlog.get_logger()

_ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
_UNLESS_SAID: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    # API answers are never rendered. HTML pages set a policy of their own.
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
)
_MAY_SAY = {name for name, _ in _UNLESS_SAID}
_ENCRYPTED = ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),)


class RequestLog:
    """Outermost ASGI middleware; turns every exception into a response with a fixed text."""

    def __init__(self, app: ASGIApp, *, encrypted: bool = False) -> None:
        """Take the inner application; `encrypted` adds HSTS, so that browsers only use HTTPS (RFC 6797)."""
        self._app = app
        self._always = (*_ALWAYS, *_ENCRYPTED) if encrypted else _ALWAYS
        self._log = log.bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and log it; other kinds of connection pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = HttpRequest.begin(scope)
        headers, record = request.headers, request.record
        record.note_foreign_id(headers.get("x-request-id"))
        sender = _Sender(send, record, self._always)
        token = TALLY.set(record.tally)
        try:
            await self._app(scope, receive, sender)
        except ClientGoneError:
            return
        except Exception as fault:
            error = refusal_of(fault, record.request_id)
            if sender.started:
                raise
            record.facts["codes"] = [error.code]
            await refusal(error, record.request_id, answer_type(headers.get("accept", ""))).send(sender)
        finally:
            TALLY.reset(token)
            self._log.info("request", **record.line())


class _Sender:
    """Sends messages on, and adds the headers of all responses."""

    __slots__ = ("_always", "_record", "_send", "started")

    def __init__(self, send: Send, record: RequestRecord, always: Headers) -> None:
        self._send = send
        self._always = always
        self._record = record
        self.started = False

    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self.started = True
            self._record.status = message["status"]
            said = dict(message["headers"])
            unsaid = _UNLESS_SAID
            if not _MAY_SAY.isdisjoint(said):
                unsaid = tuple(header for header in unsaid if header[0] not in said)
            identity = (b"x-request-id", self._record.request_id.encode())
            message["headers"] = [*message["headers"], *self._always, identity, *unsaid]
        return self._send(message)
