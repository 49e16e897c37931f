"""Sends the head of a response together with its body: one system call and one packet fewer."""

import asyncio
from typing import Any


class CoalescingTransport:
    """Transport that buffers a response head until the next write, which mostly follows at once.

    Otherwise the head is flushed in the next iteration of the event loop, and before a close.
    """

    __slots__ = ("_head", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head: bytes | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write the data, or buffer it if it begins a response."""
        if self._head is not None:
            head, self._head = self._head, None
            self._transport.write(head + data)
        elif data.startswith(b"HTTP/"):
            self._head = data
            self._loop.call_soon(self.flush)
        else:
            self._transport.write(data)

    def is_closing(self) -> bool:
        """Return whether the transport is closed or closing; called with every response."""
        closing: bool = self._transport.is_closing()
        return closing

    def flush(self) -> None:
        """Write the buffered data."""
        if self._head is not None:
            self.write(b"")

    def write_eof(self) -> None:
        """Flush, then close our half of the connection."""
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Flush, then close."""
        self.flush()
        self._transport.close()
