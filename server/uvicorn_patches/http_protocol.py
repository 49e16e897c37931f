"""HTTP connection of uvicorn, with limits that it lacks: on time, on bytes and on pipelined requests.

uvicorn limits the time of an idle connection only, and any byte ends that. A caller who sends a header line every few
seconds could hold a connection for ever. This file counts all bytes outside bodies: request lines, headers, chunk sizes
and extensions, trailers. `server/http/body.py` limits the body.
"""

from collections import deque
from time import monotonic
from typing import Any

import structlog
from uuid_utils import uuid7
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from models.db.deadlines import deadline_poller
from server.http.responses import JsonResponse, RequestError, refusal
from server.uvicorn_patches.coalescing_transport import CoalescingTransport
from server.uvicorn_patches.request_head import (
    fault_of_handshake,
    fault_of_head,
    headers_too_large,
    malformed,
)

LARGEST_HEADERS = 64 * 1024  # bytes, with the request line; as many again for the trailers
FRAMING = 8  # bytes of overhead for each byte of a body that arrives in chunks of one
MOST_WAITING = 16  # pipelined requests in the queue; browsers send none
# Seconds to finish sending for a caller who gets an early answer: after an immediate close they would lose the answer.
LINGER = 2.0
# RFC 9110, section 6.5.1: trailers must not be merged into the headers. They would escape the checks of headers.
_NO_TRAILERS: Any = deque(maxlen=0)

log = structlog.get_logger()


class _UnacceptableRequestError(Exception):
    """Stops the parser at a request's headers."""


class BoundedConnection(HttpToolsProtocol):
    """Closes a connection whose headers or reading take too long, or that sends too many bytes outside bodies."""

    def __init__(self, *arguments: Any, headers_within: float, **more: Any) -> None:
        """Take uvicorn's own arguments, and the seconds allowed for headers from the start or from the last answer."""
        super().__init__(*arguments, **more)
        self._headers_within = headers_within
        self._deadline: float | None = None  # a time of the monotonic clock, for the next headers
        self._stalled_until: float | None = None  # the same, for a caller who does not read
        self._uncounted = 0  # bytes since the last headers that belong to no body
        self._fault: RequestError | None = None
        self._ended = False
        self._deadline_poller = deadline_poller()  # registered once: doing so with each request would cost more

    def connection_made(self, transport: Any) -> None:
        """Set the deadline of the first request's headers."""
        super().connection_made(transport)
        self.transport = CoalescingTransport(transport, self.loop)  # type: ignore[assignment] # it hands on what it lacks
        self._await_headers(self._headers_within)
        self._deadline_poller.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the deadlines."""
        self._deadline_poller.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count received bytes, and end the connection when too many of them are outside bodies."""
        if self._ended:
            return
        self._uncounted += len(data)
        super().data_received(data)
        if self._uncounted > LARGEST_HEADERS and not self._ended:
            self._end(headers_too_large(f"more than {LARGEST_HEADERS} bytes of headers, trailers or chunk extensions"))

    def poll(self, now: float) -> None:
        """Close late connections; abort if data is still buffered, because close() waits for a caller who does not
        read.
        """
        if self._stalled_until is not None and now >= self._stalled_until:
            self.transport.abort()
        elif self._deadline is not None and now >= self._deadline:
            quiet = not (self._uncounted or self._body_under_way or self.transport.get_write_buffer_size())
            self.transport.close() if quiet else self.transport.abort()

    def on_headers_complete(self) -> None:
        """Clear the deadline: from here on the application limits the request."""
        self._uncounted = 0
        upgrades = self.parser.should_upgrade() and self._should_upgrade()
        self._require_acceptable(upgrades=upgrades)
        super().on_headers_complete()
        if not upgrades:
            self._deadline = None
            self.headers = _NO_TRAILERS

    def on_body(self, body: bytes) -> None:
        """Pass on a part of the body, and do not count it or its framing."""
        if self._uncounted:
            self._uncounted -= min(self._uncounted, len(body) * (1 + FRAMING))
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Begin to wait for the next request, unless it has already come."""
        closing, pipelined = self.transport.is_closing(), bool(self.pipeline)
        super().on_response_complete()
        if closing:  # a closing transport waits for its reader, for ever
            self._await_headers(self._headers_within)
        elif not pipelined:
            self._await_headers(LINGER if self._body_under_way else self._headers_within)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection to the WebSocket protocol, which has other limits."""
        self._deadline_poller.remove(self)
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """Set a deadline for the caller to read."""
        super().pause_writing()
        self._stalled_until = monotonic() + self._headers_within

    def resume_writing(self) -> None:
        """Clear the deadline for reading."""
        super().resume_writing()
        self._stalled_until = None

    def send_400_response(self, msg: str) -> None:
        """Refuse a request that the parser, or a check in its callbacks, rejected."""
        self._end(self._fault or malformed())

    def _require_acceptable(self, *, upgrades: bool) -> None:
        """Stop the parser at a request that is refused, or that there is no room for."""
        self._fault = fault_of_head(self.parser, self.headers) or (
            fault_of_handshake(self.headers) if upgrades else None
        )
        if self._fault is not None or len(self.pipeline) >= MOST_WAITING or (upgrades and self._unanswered):
            raise _UnacceptableRequestError

    def _end(self, fault: RequestError) -> None:
        """Stop reading, and answer with the fault if no earlier response is pending."""
        self._ended = True
        if self._unanswered and not self._body_under_way:
            self.cycle.keep_alive = False  # pending requests are answered first, the last one with Connection: close
        elif self._body_under_way and (self.cycle.response_started or self.pipeline):
            self.transport.abort()
        else:
            self._refuse(fault)

    def _refuse(self, fault: RequestError) -> None:
        if self._body_under_way:  # the application waits for the rest of it
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        request_id = str(uuid7())
        log.warning("request refused by the HTTP parser", request_id=request_id, code=fault.code, reason=fault.message)
        self.transport.write(_written(refusal(fault, request_id), request_id))
        self.transport.write_eof()
        self._await_headers(LINGER)

    @property
    def _unanswered(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def _body_under_way(self) -> bool:
        return self.cycle is not None and self.cycle.more_body

    def _await_headers(self, seconds: float) -> None:
        self._uncounted = 0
        self._deadline = monotonic() + seconds


def _written(answer: JsonResponse, request_id: str) -> bytes:
    head = STATUS_LINE[answer.status] + b"content-type: " + answer.media_type + b"; charset=utf-8\r\n"
    rest = f"content-length: {len(answer.body)}\r\nx-request-id: {request_id}\r\nconnection: close\r\n\r\n"
    return head + rest.encode() + answer.body
