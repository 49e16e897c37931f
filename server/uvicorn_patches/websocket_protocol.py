"""One WebSocket connection of uvicorn's, with what it lacks: a proper goodbye, bounds on frames and on unread bytes.

A message is bounded by `ws_max_size`, and the application reads one before the next. Frames that are no message
(pings, pongs, empty fragments) reach no application, and the answers to pings pass by its bound on slow readers.
Reading goes on while a client does not read: otherwise it could not stop the very subscription that is too much for it.
"""

import asyncio
from typing import Any

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

GOING_AWAY = 1001  # RFC 6455, section 7.4.1
LINGER = 1.0  # seconds that a client has to take what was said last
PIECE = 16 * 1024  # bytes parsed at once; a read brings 256 KB, and its smallest frames would take half a second
MOST_FRAGMENTS = 1000  # of one message; clients send one or two
MOST_CONTROL_FRAMES = 1000  # between two pings of ours, which are 20 s apart
MOST_QUEUED = 1000  # messages that came at once and wait for the application


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """Says 1001 when the server ends, and never waits for a client whose buffers are full."""

    def __init__(self, *arguments: Any, slow_reader: float, **more: Any) -> None:
        """Take uvicorn's own arguments, and the seconds that a client who does not read is waited for."""
        super().__init__(*arguments, **more)
        self._slow_reader = slow_reader
        self._until_abort: asyncio.TimerHandle | None = None
        self._control_frames = 0

    def data_received(self, data: bytes) -> None:
        """Parse piece by piece, until the client has broken a bound or the protocol."""
        for start in range(0, len(data), PIECE):
            if self.transport.is_closing():
                return
            super().data_received(data[start : start + PIECE])
        if not self.handshake_initiated:
            # The parser refused the handshake by itself, and uvicorn would wait for more of it for ever.
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()
            self.loop.call_later(LINGER, self.transport.abort)

    def pause_writing(self) -> None:
        """Wait for the client to read, and then no longer; the application, which says why, is the first to end it."""
        super().pause_writing()
        self._until_abort = self.loop.call_later(self._slow_reader + LINGER, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop waiting for it."""
        super().resume_writing()
        if self._until_abort is not None:
            self._until_abort.cancel()

    def send_receive_event_to_app(self) -> None:
        """Queue a message for the application."""
        if self.queue.qsize() >= MOST_QUEUED:
            self._fail("Too many messages at once; wait for answers")
        else:
            super().send_receive_event_to_app()

    def handle_cont(self, event: Frame) -> None:
        """Take a fragment; an empty one is no byte of a message."""
        if len(self.frames) >= MOST_FRAGMENTS:
            self._fail("Too many fragments; send a message in one")
        else:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Count a ping, which has been answered."""
        self._count_control_frame()
        super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Count a pong, which nobody may have asked for."""
        self._count_control_frame()
        super().handle_pong(event)

    def send_keepalive_ping(self) -> None:
        """Send a ping, and begin to count those of the client again."""
        self._control_frames = 0
        super().send_keepalive_ping()

    def keepalive_timeout(self) -> None:
        """Close, and wait no longer than a moment for a client that may not take even that."""
        super().keepalive_timeout()
        self.loop.call_later(LINGER, self.transport.abort)

    async def send(self, message: ASGISendEvent) -> None:
        """Send for the application; a handshake that it has answered by HTTP needs no second answer."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True

    def shutdown(self) -> None:
        """Say goodbye and wake the application, whose streams then end."""
        if self.handshake_complete and not self.close_sent:
            self.stop_keepalive()
            self.queue.put_nowait({"type": "websocket.disconnect", "code": GOING_AWAY})
            self.conn.send_close(GOING_AWAY)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.transport.close()
        else:
            super().shutdown()
        self.loop.call_later(LINGER, self.transport.abort)

    def on_task_complete(self, task: "asyncio.Task[None]") -> None:
        """Give the client a moment to take the end of it, and then no more."""
        super().on_task_complete(task)
        self.loop.call_later(LINGER, self.transport.abort)

    def _count_control_frame(self) -> None:
        self._control_frames += 1
        if self._control_frames > MOST_CONTROL_FRAMES:
            self._fail("Too many pings and pongs; send one now and then")

    def _fail(self, reason: str) -> None:
        if not self.close_sent:
            self.conn.fail(CloseCode.POLICY_VIOLATION, reason)
            self.handle_parser_exception()
