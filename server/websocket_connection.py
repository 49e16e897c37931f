"""One WebSocket connection of uvicorn's, with what it lacks: a proper goodbye, and an end for whoever does not read."""

import asyncio

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

GOING_AWAY = 1001  # RFC 6455, section 7.4.1
LINGER = 1.0  # seconds that a client has to take what was said last


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """Says 1001 when the server ends, and never waits for a client whose buffers are full."""

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
