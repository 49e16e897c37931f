"""The disk of PostgreSQL is full (F11): writes are deferred, nothing is half written, and writes resume by themselves.

The disk is a file system in memory, which only root may mount.
"""

import asyncio
import contextlib
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.faults.crowd import crowd
from tests.faults.figures import Figures
from tests.faults.own_postgres import OwnPostgres, own_postgres, reachable_folder
from tests.faults.stage import PATIENCE, READERS, WRITERS, Stage, everybody, judge, staged

SIZE = "160m"
SMALL = {"min_wal_size": "32MB", "max_wal_size": "32MB", "shared_buffers": "16MB"}


@pytest.fixture
def disk() -> Iterator[Path]:
    """Return a small disk, or skip the test where none can be mounted."""
    with reachable_folder() as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=711", "tmpfs", folder], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def postgres(disk: Path) -> Iterator[OwnPostgres]:
    with own_postgres(disk, **SMALL) as postgres:
        yield postgres


@pytest.fixture
async def stage(postgres: OwnPostgres, unused_tcp_port: int) -> AsyncIterator[Stage]:
    async with staged(postgres, unused_tcp_port) as stage:
        yield stage


async def test_full_disk_defers_writing_until_there_is_room(stage: Stage, disk: Path) -> None:
    figures = Figures("F11 disk full")
    async with crowd(stage.server.url, await everybody(stage)) as people:
        # After a switch of the WAL segment, PostgreSQL runs out of space for its tables first.
        await stage.superuser("SELECT pg_switch_wal()")
        await stage.superuser("SELECT pg_logical_emit_message(true, 'begun', '')")
        async with asyncio.timeout(PATIENCE):
            while not all(people.put_off(who) for who in WRITERS):
                ballast = fill(disk)
                assert people.wrong == []
                await asyncio.sleep(0.01)
        ballast.unlink()
        emptied = time.monotonic()
        await people.served_again(since=emptied)
        figures.recoveries.append(people.recovery(since=emptied))
    await judge(stage, people, figures)
    assert [people.put_off(who) for who in READERS] == [0] * len(READERS), "reading needs no room"


@pytest.mark.long
async def test_disk_too_full_for_the_wal_loses_nothing(stage: Stage, disk: Path) -> None:
    figures = Figures("F11 disk full, PostgreSQL down by it")
    async with crowd(stage.server.url, await everybody(stage)) as people:
        ballast = fill(disk)
        await use_up_the_log(stage)
        await stage.until_readyz(503)
        ballast.unlink()
        emptied = time.monotonic()
        # PostgreSQL stops when it cannot recover either, and its supervisor starts it again.
        await asyncio.to_thread(stage.postgres.stop, "immediate")
        await asyncio.to_thread(stage.postgres.start)
        await people.served_again(since=emptied)
        figures.recoveries.append(people.recovery(since=emptied))
    await judge(stage, people, figures)


async def use_up_the_log(stage: Stage) -> None:
    """Write WAL until PostgreSQL crashes for lack of space."""
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        while True:
            await stage.superuser("SELECT pg_logical_emit_message(false, 'ballast', repeat('x', 1000000))")


def fill(disk: Path) -> Path:
    """Grow a file until the disk is full."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        for size in (2**20, 2**12):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size) == size:
                    pass
    return ballast
