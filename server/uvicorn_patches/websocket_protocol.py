"""WebSocket connection of uvicorn, with a close handshake at the end, and limits on frames and on unread bytes.

`ws_max_size` limits a message, and the application reads one at a time. Control frames and empty fragments do not reach
the application, and answers to pings escape its limit on slow readers. Reading continues while a client does not read:
otherwise it could not stop the subscription that overwhelms it.
"""

import asyncio
from typing import Any

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

GOING_AWAY = 1001  # RFC 6455, section 7.4.1
LINGER = 1.0  # seconds for a client to read the last messages
# bytes parsed at once; a read brings 256 KB, and parsing that many smallest frames takes half a second
PIECE = 16 * 1024
MOST_FRAGMENTS = 1000  # of one message; clients send one or two
MOST_CONTROL_FRAMES = 1000  # between two of our pings, which are 20 s apart
MOST_QUEUED = 1000  # received messages that wait for the application


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """Closes with 1001 when the server stops, and never waits for a client whose buffers are full."""

    def __init__(self, *arguments: Any, slow_reader: float, **more: Any) -> None:
        """Take uvicorn's own arguments, and the seconds to wait for a client that does not read."""
        super().__init__(*arguments, **more)
        self._slow_reader = slow_reader
        self._until_abort: asyncio.TimerHandle | None = None
        self._control_frames = 0

    def data_received(self, data: bytes) -> None:
        """Parse in pieces, and stop when the client has exceeded a limit or broken the protocol."""
        for start in range(0, len(data), PIECE):
            if self.transport.is_closing():
                return
            super().data_received(data[start : start + PIECE])
        if not self.handshake_initiated:
            # The parser has refused the handshake, but uvicorn would wait for more data without a limit.
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()
            self.loop.call_later(LINGER, self.transport.abort)

    def pause_writing(self) -> None:
        """Set a deadline for the client to read; the application's own is shorter, and states the reason."""
        super().pause_writing()
        self._until_abort = self.loop.call_later(self._slow_reader + LINGER, self.transport.abort)

    def resume_writing(self) -> None:
        """Clear the deadline for reading."""
        super().resume_writing()
        if self._until_abort is not None:
            self._until_abort.cancel()

    def send_receive_event_to_app(self) -> None:
        """Queue a message for the application, within the limit."""
        if self.queue.qsize() >= MOST_QUEUED:
            self._fail("Too many messages at once; wait for answers")
        else:
            super().send_receive_event_to_app()

    def handle_cont(self, event: Frame) -> None:
        """Count a fragment; empty ones do not count as bytes of a message."""
        if len(self.frames) >= MOST_FRAGMENTS:
            self._fail("Too many fragments; send a message in one")
        else:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Count a ping; the parser has answered it."""
        self._count_control_frame()
        super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Count a pong, which may be unsolicited."""
        self._count_control_frame()
        super().handle_pong(event)

    def send_keepalive_ping(self) -> None:
        """Send a ping, and restart the count of the client's control frames."""
        self._control_frames = 0
        super().send_keepalive_ping()

    def keepalive_timeout(self) -> None:
        """Close, and abort soon afterwards, because the client may not read the close frame."""
        super().keepalive_timeout()
        self.loop.call_later(LINGER, self.transport.abort)

    async def send(self, message: ASGISendEvent) -> None:
        """Send for the application; a handshake that it refused over HTTP needs no second answer."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True

    def shutdown(self) -> None:
        """Send the close frame and wake the application, whose streams then end."""
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
        """Abort soon after the application has ended, to give the client time to read the close frame."""
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
