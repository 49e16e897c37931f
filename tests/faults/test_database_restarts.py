"""PostgreSQL that drops its connections, crashes or restarts under load (F3, F4, F5).

Everybody gets an answer, what was asked for or the advice to try again; what was acknowledged is there afterwards.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest

from server.database import Database, open_database
from server.settings import Settings
from tests.cast import Cast, add_cast
from tests.faults.crowd import Crowd, Person, crowd, read_on, write_on
from tests.faults.figures import Figures
from tests.faults.kept import lost
from tests.faults.own_postgres import OwnPostgres, migrated, own_postgres, reachable_folder
from tests.faults.serve_command import ServeCommands

READERS = ["consumer", "auditor", "support"]
WRITERS = ["member", "manager", "administrator", "other-administrator"]
CLIENTS = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
PATIENCE = 30  # seconds


@dataclass
class Stage:
    """A PostgreSQL of its own, the served application, and people signed in there."""

    postgres: OwnPostgres
    server: ServeCommands
    database: Database
    cast: Cast

    async def superuser(self, statement: str) -> list[asyncpg.Record]:
        """Return what a superuser is answered."""
        connection = await asyncpg.connect(self.postgres.dsn("postgres"))
        try:
            rows: list[asyncpg.Record] = await connection.fetch(statement)
            return rows
        finally:
            await connection.close()


@pytest.fixture(scope="module")
async def stage(unused_tcp_port_factory: Callable[[], int]) -> AsyncIterator[Stage]:
    with reachable_folder() as folder, own_postgres(folder) as postgres:
        await migrated(postgres.dsn())
        with ServeCommands(unused_tcp_port_factory()) as server:
            async with open_database(postgres.dsn(), Settings()) as database:
                await add_cast(database)
                server.start(postgres.dsn())
                async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE) as client:
                    yield Stage(postgres, server, database, Cast(client))


Fault = Callable[[Stage], Awaitable[None]]


async def all_backends_terminated(stage: Stage) -> None:
    await stage.superuser(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {CLIENTS}")


async def one_backend_killed(stage: Stage) -> None:
    """Kill the process of one connection, after which PostgreSQL ends all of them and recovers."""
    (row,) = await stage.superuser(f"SELECT pid FROM pg_stat_activity WHERE {CLIENTS} ORDER BY random() LIMIT 1")
    os.kill(row["pid"], signal.SIGKILL)


async def restarted_fast(stage: Stage) -> None:
    await restarted(stage, "fast")


async def restarted_at_once(stage: Stage) -> None:
    await restarted(stage, "immediate")


async def restarted(stage: Stage, mode: str) -> None:
    """Stop PostgreSQL, start it once the application has noticed, and wait until that is ready again."""
    await asyncio.to_thread(stage.postgres.stop, mode)
    await until_readyz(stage, 503)
    assert (await stage.cast.client.get("/healthz")).status_code == 200
    await asyncio.to_thread(stage.postgres.start)
    await until_readyz(stage, 200)


async def until_readyz(stage: Stage, status: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await stage.cast.client.get("/readyz")).status_code != status:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


FAULTS: dict[str, Fault] = {
    "F3 all backends terminated": all_backends_terminated,
    "F4 one backend killed": one_backend_killed,
    "F5 PostgreSQL restarted fast": restarted_fast,
    "F5 PostgreSQL restarted at once": restarted_at_once,
}


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.long)])
@pytest.mark.parametrize("fault", FAULTS)
async def test_nothing_acknowledged_is_lost_and_everybody_is_served_again(
    stage: Stage, fault: str, rounds: int
) -> None:
    figures = Figures(fault)
    async with crowd(stage.server.url, await everybody(stage)) as people:
        for _ in range(rounds):
            began = time.monotonic()
            await FAULTS[fault](stage)
            await people.served_again(since=time.monotonic())
            figures.recoveries.append(people.recovery(since=began))
    await judge(stage, people, figures)


async def everybody(stage: Stage) -> list[Person]:
    """Return those who read and those who write, signed in the first time."""
    for who in READERS + WRITERS:
        if who not in stage.cast.tokens:
            await stage.cast.sign_in(who)
    people = [Person(who, stage.cast.tokens[who], read_on) for who in READERS]
    return people + [Person(who, stage.cast.tokens[who], write_on) for who in WRITERS]


async def judge(stage: Stage, people: Crowd, figures: Figures) -> None:
    """Publish what it cost, and fail for anything lost, any answer of another kind, any fault in the log."""
    wrong = await lost(stage.database, people)
    figures.runs, figures.failed, figures.lost = len(people.answers), people.put_off(), len(wrong)
    figures.publish()
    assert (wrong, people.wrong) == ([], [])
    assert [line for line in stage.server.logged() if line.get("level") == "error" and not by_absence(line)] == []


def by_absence(line: dict[str, Any]) -> bool:
    """Return whether a line of the log speaks of a database that was away, which is no fault of the application's."""
    return "DatabaseUnavailableError" in line.get("exception", "")
