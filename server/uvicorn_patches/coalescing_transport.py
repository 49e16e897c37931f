"""The head of an answer goes out with its body: each write is a call of the kernel, and a packet for its reader."""

import asyncio
from typing import Any


class CoalescingTransport:
    """A transport that keeps the head of an answer until what is written next, which mostly follows at once.

    When nothing does, it goes out by itself in the next round of the event loop, as it does before a close.
    """

    __slots__ = ("_head", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head: bytes | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write, or keep what begins like an answer."""
        if self._head is not None:
            head, self._head = self._head, None
            self._transport.write(head + data)
        elif data.startswith(b"HTTP/"):
            self._head = data
            self._loop.call_soon(self.flush)
        else:
            self._transport.write(data)

    def is_closing(self) -> bool:
        """Return whether it is closed or about to be; asked for with every answer."""
        closing: bool = self._transport.is_closing()
        return closing

    def flush(self) -> None:
        """Write what is kept."""
        if self._head is not None:
            self.write(b"")

    def write_eof(self) -> None:
        """Close our half when all is written."""
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Close when all is written."""
        self.flush()
        self._transport.close()
