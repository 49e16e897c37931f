"""One HTTP connection of uvicorn's, with the bounds it lacks: a caller who is slow or silent does not keep it.

uvicorn bounds an idle connection only, and any byte ends that wait; a caller who sends a header line every few seconds
would hold the connection for ever. The body is bounded by whoever reads it.
"""

from time import monotonic
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from models.ticker import ticker
from server.whole_writes import WholeWrites

LARGEST_HEADERS = 64 * 1024  # bytes, request line among them
# Seconds for a caller who is answered before she has sent all: hung up on at once, she would lose the answer as well.
LINGER = 2.0


class BoundedConnection(HttpToolsProtocol):
    """Closes when the headers of a request, the first or the next, are not complete in time, or too large."""

    def __init__(self, *arguments: Any, headers_within: float, **more: Any) -> None:
        """Take uvicorn's own arguments, and the seconds allowed from the start or from the last answer."""
        super().__init__(*arguments, **more)
        self._headers_within = headers_within
        self._deadline: float | None = None  # a time of the monotonic clock
        self._received = 0
        self._ticker = ticker()

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self.transport = WholeWrites(transport, self.loop)  # type: ignore[assignment] # it hands on what it lacks
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._headers_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what arrives before the headers are complete."""
        if self._deadline is not None and (self.cycle is None or not self.cycle.more_body):
            if self._received > LARGEST_HEADERS:
                self.transport.abort()
                return
            self._received += len(data)
        super().data_received(data)

    def look(self, now: float) -> None:
        """Close when the headers are late; abort unless all is quiet: closing would wait for one who does not read."""
        if self._deadline is not None and now >= self._deadline:
            quiet = not (self._received or self._body_under_way or self.transport.get_write_buffer_size())
            self.transport.close() if quiet else self.transport.abort()

    def on_headers_complete(self) -> None:
        """Stop the clock: from here on the application bounds the request."""
        self._headers_came()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request, unless it has already come."""
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        # As uvicorn does, but for its timer: the deadline below is in its place.
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._await_headers()

    @property
    def _body_under_way(self) -> bool:
        return self.cycle is not None and self.cycle.more_body

    def _await_headers(self) -> None:
        self._received = 0
        seconds = LINGER if self._body_under_way else self._headers_within
        self._deadline = monotonic() + seconds
        self._ticker.begin(self)

    def _headers_came(self) -> None:
        self._received = 0
        if self._deadline is not None:
            self._deadline = None
            self._ticker.end(self)
