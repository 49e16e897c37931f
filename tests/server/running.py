"""The server on a real socket, in a thread of its own with the event loop that it has in production."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.applications import Starlette

from server.serve import AccountServer, server_config
from server.settings import Settings


@contextmanager
def running(app: Starlette, settings: Settings) -> Iterator[int]:
    """Serve inside the block, which gets the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = AccountServer(server_config(app, settings))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=15)
            assert not thread.is_alive()


def _wait_until_started(server: AccountServer, thread: threading.Thread) -> None:
    deadline = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server ended before it had started"
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)


def conversation(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """Send the parts one after the other and return all that comes back until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as caller:
        answer = b""
        try:
            for part in parts:
                caller.sendall(part)
                time.sleep(pause)
            while piece := caller.recv(65536):
                answer += piece
        except (ConnectionResetError, BrokenPipeError):
            pass  # hung up on before all was said or heard; what was heard counts
        return answer
