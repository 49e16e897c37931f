"""`omaposti serve`: with the demo in development, and never with it in production."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from models.db.clock import now
from server.db.database import Database
from usecases.demo import PASSWORD, load_demo_cast

SERVE = [sys.executable, "-c", "import sys; from server.cli.main import run; sys.argv = ['omaposti', 'serve']; run()"]
PATIENCE = 60  # seconds; allows for a busy machine


def environment(dsn: str, port: int, **settings: str) -> dict[str, str]:
    """Return the environment of a server on that database, without settings of this process."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("OMAPOSTI_")}
    return own | {"DATABASE_URL": dsn, "OMAPOSTI_PORT": str(port)} | settings


async def test_production_does_not_start_with_the_demo_cast_in_its_database(
    database: Database, dsn: str, unused_tcp_port: int
) -> None:
    async with database.sessions.begin() as db:
        await load_demo_cast(db, now=now())
    served = subprocess.run(
        SERVE, env=environment(dsn, unused_tcp_port), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert served.returncode == 1
    assert re.fullmatch(r"omaposti: the demo cast .* use a database without it in production\n", served.stderr)


def test_production_refuses_the_demo_setting(dsn: str, unused_tcp_port: int) -> None:
    served = subprocess.run(
        SERVE,
        env=environment(dsn, unused_tcp_port, OMAPOSTI_DEMO="1"),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert served.returncode == 1
    assert re.fullmatch(r"omaposti: OMAPOSTI_DEMO=1 is not for production.*\n", served.stderr)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
async def test_a_demonstration_is_prepared_served_and_stopped(
    database: Database, dsn: str, unused_tcp_port: int, tmp_path: Path, stop: signal.Signals
) -> None:
    settings = {"OMAPOSTI_DEMO": "1", "OMAPOSTI_ENVIRONMENT": "development"}
    log = tmp_path / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            SERVE, env=environment(dsn, unused_tcp_port, **settings), stdout=output, stderr=output, text=True
        ) as server,
    ):
        try:
            await_ready(f"http://127.0.0.1:{unused_tcp_port}/readyz", server)
            server.send_signal(stop)
            assert server.wait(timeout=PATIENCE) == 0
        finally:
            server.kill()
    said = log.read_text()
    assert f"The API is at http://localhost:{unused_tcp_port}/graphql." in said
    assert PASSWORD in said
    assert "Traceback" not in said
    assert said.endswith("\nStopped.\n")


def await_ready(url: str, server: subprocess.Popen[str] | None = None) -> None:
    """Wait until the server is ready; fails when it stops or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server is None or server.poll() is None, "the server stopped"
        try:
            with urllib.request.urlopen(url) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail("not ready in time")
