"""Server in its own process, so that its memory is measured without that of the tests."""

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.server.postgres.postgres_owner import with_project

PATIENCE = 60  # seconds; allows for a busy machine
MEGABYTE = 1024 * 1024
PROGRAM = "from tests.server.cli.served_process import serve; serve()"


@dataclass(frozen=True, slots=True)
class ServedProcess:
    """A served application: its address, and the memory of its process."""

    url: str
    pid: int

    def connect(self, window: int | None = None) -> socket.socket:
        """Open a TCP connection; `window` limits the unread bytes."""
        address = urlsplit(self.url)
        caller = socket.socket()
        caller.settimeout(10)
        if window is not None:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        caller.connect((address.hostname, address.port))
        return caller

    def forget_peak(self) -> None:
        """Reset the peak of memory."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def peak(self) -> int:
        """Return the peak of memory since then, in bytes (VmHWM)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024

    def flood(self, head: bytes, flood: bytes, times: int) -> bytes:
        """Send the head, then the flood that many times; return the bytes received until the server disconnects."""
        with self.connect() as caller:
            with suppress(ConnectionError, TimeoutError):
                caller.sendall(head)
                for _ in range(times):
                    caller.sendall(flood)
            return everything(caller)


def everything(caller: socket.socket) -> bytes:
    """Return all bytes until the server disconnects; fails after ten seconds of silence."""
    came = b""
    with suppress(ConnectionError):
        while piece := caller.recv(65_536):
            came += piece
    return came


@contextmanager
def served_process(dsn: str, **settings: Any) -> Iterator[ServedProcess]:
    """Serve the schema of failing fields with these settings, in a process that ends with the block."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, dsn, json.dumps(settings)],
        stdout=subprocess.PIPE,
        text=True,
        env=with_project(),
    ) as process:
        try:
            assert process.stdout is not None
            ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
            assert ready, "the server says nothing"
            yield ServedProcess(process.stdout.readline().strip(), process.pid)
        finally:
            process.kill()


def serve() -> None:
    """Serve in this process as the arguments say, and print the address."""
    from server.app import create_app  # noqa: PLC0415 - the tests do not load it
    from server.config.settings import Settings, SocketLimits  # noqa: PLC0415
    from server.uvicorn_patches.server import AccountServer, server_config  # noqa: PLC0415
    from tests.server.trying_schema import TRYING_SCHEMA  # noqa: PLC0415

    dsn, written = sys.argv[1:]
    given = json.loads(written)
    limits = SocketLimits(**given.pop("socket_limits", {}))
    settings = Settings(environment="development", socket_limits=limits, **given)
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # an unread pipe would block the server
    AccountServer(server_config(create_app(settings, dsn, TRYING_SCHEMA), settings)).run([listener])
