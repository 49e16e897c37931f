"""Description of the machine and the software versions of a measurement."""

import asyncio
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import asyncpg

from bench.servers import MERCURIUS

PACKAGES = ["strawberry-graphql", "graphql-core", "starlette", "uvicorn", "uvloop", "asyncpg", "SQLAlchemy", "orjson"]
NODE_PACKAGES = ["fastify", "mercurius", "graphql-jit", "pg"]


def machine() -> str:
    """Return the processor, its number of cores, and the memory."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "processor")
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} × {model}, {gibibytes:.0f} GiB, {platform.system()} {platform.release()}"  # noqa: RUF001 - multiplication sign


def versions(dsn: str) -> Iterator[str]:
    """Yield the measured programs with their versions, including the database behind `dsn`."""
    yield f"Python {platform.python_version()}"
    yield f"PostgreSQL {asyncio.run(_postgres_version(dsn))}"
    yield from (f"{name} {version(name)}" for name in PACKAGES)
    if shutil.which("node"):
        yield f"Node {_said('node', '--version')}"
        packages = json.loads((MERCURIUS / "package-lock.json").read_text())["packages"]
        yield from (f"{name} {packages[f'node_modules/{name}']['version']}" for name in NODE_PACKAGES)


def revision() -> str:
    """Return the measured commit, marked when the working tree differs from it."""
    if shutil.which("git") is None or not Path(".git").exists():
        return "unknown"
    dirty = _said("git", "status", "--porcelain", "--untracked-files=no")
    return _said("git", "rev-parse", "--short", "HEAD") + (" with changes" if dirty else "")


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


async def _postgres_version(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    said = await connection.fetchval("SHOW server_version")
    await connection.close()
    return str(said)
