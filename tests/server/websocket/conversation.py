"""Raw HTTP over a socket, for requests that no client library would send."""

import socket
import time
from urllib.parse import urlsplit


def conversation(url: str, *parts: bytes, pause: float = 0.0) -> bytes:
    """Send the parts one after the other and return all bytes until the server disconnects."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as caller:
        answer = b""
        try:
            for part in parts:
                caller.sendall(part)
                time.sleep(pause)
            while piece := caller.recv(65536):
                answer += piece
        except (ConnectionResetError, BrokenPipeError):
            pass  # disconnected early; the bytes received so far count
        return answer
