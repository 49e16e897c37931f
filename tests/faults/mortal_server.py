"""A served application that can be killed: its socket survives, and its successor starts at once.

The modules that `omaposti serve` imports at each start are imported once, in a process that forks each server. The
socket belongs to that process too, so clients that connect while no server lives wait for the next one.
"""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.server.postgres.postgres_owner import with_project

PATIENCE = 60  # seconds, for a busy machine
PROGRAM = """
from tests.faults.mortal_server import fork_when_told
fork_when_told()
"""


class MortalServers:
    """Successive servers on one address, each with its own database."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process = process
        self._living: int | None = None
        self.url = url

    def start(self, dsn: str) -> None:
        """Fork a server of that database."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{dsn}\n")
        self._process.stdin.flush()
        self._living = int(_said(self._process))

    def kill(self) -> None:
        """Kill the server immediately, as the kernel does when memory runs out."""
        assert self._living is not None
        os.kill(self._living, signal.SIGKILL)
        self._living = None


@contextmanager
def mortal_servers() -> Iterator[MortalServers]:
    """Load the application in a process that forks servers, and end all of them at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=with_project(),
        start_new_session=True,
    ) as process:
        try:
            yield MortalServers(process, _said(process))
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
    assert ready, "the process that forks servers says nothing"
    return process.stdout.readline().strip()


def fork_when_told() -> None:
    """Print the address, then fork a server for each DSN that arrives, and print its process id."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that the killed leave no zombies
    listener = socket.create_server(("127.0.0.1", 0))
    # Imported before the first fork, so that its children share it.
    import server.cli.serve  # noqa: F401, PLC0415

    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _serve(line.strip(), listener)
        print(child, flush=True)


def _serve(dsn: str, listener: socket.socket) -> None:
    from schema.build import SCHEMA  # noqa: PLC0415 - the tests need none of it loaded
    from server.app import create_app  # noqa: PLC0415
    from server.config.logging import configure_logging  # noqa: PLC0415
    from server.config.settings import Settings  # noqa: PLC0415
    from server.uvicorn_patches.server import AccountServer, server_config  # noqa: PLC0415

    settings = Settings(environment="development")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    configure_logging(settings)
    AccountServer(server_config(create_app(settings, dsn, SCHEMA), settings)).run([listener])
    os._exit(0)
