"""`omaposti serve` as an operator starts it, to be killed and restarted, with its whole log."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.server.cli.test_serve_command import SERVE, await_ready, environment


class ServeCommands:
    """Successive servers on one port; a server that still runs at the end of the block is killed."""

    def __init__(self, port: int, **more: str) -> None:
        """`more` are environment variables for each server."""
        self._port = port
        self._more = {"OMAPOSTI_ENVIRONMENT": "development"} | more
        self._server: subprocess.Popen[str] | None = None
        self._folder = tempfile.TemporaryDirectory()
        self._log = Path(self._folder.name) / "log"
        self.url = f"http://127.0.0.1:{port}"

    def __enter__(self) -> "ServeCommands":
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self.kill()
        self._folder.cleanup()

    def start(self, dsn: str) -> None:
        """Start a server of that database and wait until it is ready."""
        with self._log.open("a") as log:
            self._server = subprocess.Popen(
                SERVE, env=environment(dsn, self._port, **self._more), stdout=log, stderr=log, text=True
            )
        await_ready(f"{self.url}/readyz", self._server)

    def kill(self) -> None:
        """Kill the server immediately."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()
        self._server = None

    def logged(self) -> list[dict[str, Any]]:
        """Return the servers' log so far; lines that are no JSON are under `text`."""
        return [
            json.loads(line) if line.startswith("{") else {"text": line} for line in self._log.read_text().splitlines()
        ]
