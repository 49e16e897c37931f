"""A real PgBouncer in transaction mode before a test's database, for each installed version."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from server.postgres import as_root as postgres_for_root

SERVERS = 6  # connections to PostgreSQL for all clients: few, so that clients share them
PATIENCE = 30  # seconds
SKIPPED = "no pgbouncer is installed; OMAPOSTI_TEST_PGBOUNCER may name programs of other versions, parted by colons"
_CONFIGURATION = """
[databases]
* = {target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {servers}
logfile = {folder}/log
pidfile = {folder}/pid
{more}
"""


def programs() -> list[str]:
    """Return the programs to try: the installed one, and those that OMAPOSTI_TEST_PGBOUNCER names."""
    installed = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    named = os.environ.get("OMAPOSTI_TEST_PGBOUNCER", "").split(":")
    return [program for program in [installed, *named] if program]


@contextmanager
def pgbouncer(program: str, dsn: str) -> Iterator[str]:
    """Run PgBouncer before the database of a DSN, and yield the DSN through it."""
    parts, port = urlsplit(dsn), _free_port()
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as name:
        folder = Path(name)
        configuration = folder / "pgbouncer.ini"
        configuration.write_text(
            _CONFIGURATION.format(
                target=_target(dsn), port=port, servers=SERVERS, folder=folder, more=_statements(program)
            )
        )
        user = postgres_for_root.USER if os.geteuid() == 0 else None  # PgBouncer refuses to run as root
        if user:
            folder.chmod(0o711)
            for path in (folder, configuration):
                shutil.chown(path, user)
        with subprocess.Popen(
            [program, "--quiet", configuration], user=user, group=user, stderr=subprocess.DEVNULL
        ) as process:
            try:
                _await_port(port, process, folder / "log")
                yield f"postgresql://{parts.username or 'postgres'}@127.0.0.1:{port}{parts.path}"
            finally:
                process.terminate()


def _target(dsn: str) -> str:
    parts = urlsplit(dsn)
    host = parse_qs(parts.query).get("host", [parts.hostname or "127.0.0.1"])[0]
    given = {"host": host, "port": parts.port or 5432, "user": parts.username or "postgres"}
    if parts.password:
        given["password"] = unquote(parts.password)
    return " ".join(f"{name}={value}" for name, value in given.items())


def _statements(program: str) -> str:
    """Return the setting for prepared statements, known since version 1.21."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"(\d+)\.(\d+)", said)
    assert version is not None
    known = (int(version[1]), int(version[2])) >= (1, 21)
    return "max_prepared_statements = 200" if known else ""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _await_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text() if log.exists() else "PgBouncer did not start"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("PgBouncer did not listen in time")
