"""Separate process that uses the embedded PostgreSQL, so that a test can kill it."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
STARTED = "SELECT pg_postmaster_start_time()::text"
ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from pathlib import Path
from server.postgres.embedded import running
with running(Path(sys.argv[1]), {"fsync": "off", "full_page_writes": "off"}) as dsn:
    print(dsn, flush=True)
    try:
        sys.stdin.read()
    except KeyboardInterrupt:
        print("stopping", flush=True)
"""


@contextmanager
def owner(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Run another process, in its own session, that uses the database until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, data_dir],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=with_project(),
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def dsn_of(process: subprocess.Popen[str]) -> str:
    """Wait until the other process has started the database, and return its DSN."""
    assert process.stdout is not None
    dsn = process.stdout.readline().strip()
    assert dsn, process.stderr and process.stderr.read()
    return dsn


def interrupt(process: subprocess.Popen[str]) -> None:
    """Simulate Ctrl-C: the terminal sends SIGINT to the whole process group."""
    os.killpg(process.pid, signal.SIGINT)


def answer(dsn: str, question: str) -> Any:
    """Return the single value of a query."""
    return asyncio.run(_answer(dsn, question))


async def _answer(dsn: str, question: str) -> Any:
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def remove(data_dir: Path) -> None:
    """Remove a data folder and, for root, the cluster that it points to."""
    cluster = (data_dir / "postgres").resolve()
    shutil.rmtree(data_dir, ignore_errors=True)
    forget(cluster)


def forget(cluster: Path) -> None:
    """Remove a cluster left behind by a removed data folder."""
    shutil.rmtree(cluster, ignore_errors=True)
    cluster.with_name(f"{cluster.name}.life").unlink(missing_ok=True)


def with_project() -> dict[str, str]:
    """Return an environment in which another process can import this project."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in (str(ROOT), *sys.path) if path)}
