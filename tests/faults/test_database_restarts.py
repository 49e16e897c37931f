"""PostgreSQL drops its connections, crashes or restarts under load (F3, F4, F5).

Every request is answered, or deferred with advice to retry; acknowledged changes are there afterwards.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.faults.crowd import crowd
from tests.faults.figures import Figures
from tests.faults.own_postgres import own_postgres, reachable_folder
from tests.faults.stage import Stage, everybody, judge, staged

CLIENTS = "backend_type = 'client backend' AND pid <> pg_backend_pid()"


@pytest.fixture(scope="module")
async def stage(unused_tcp_port_factory: Callable[[], int]) -> AsyncIterator[Stage]:
    with reachable_folder() as folder, own_postgres(folder) as postgres:
        async with staged(postgres, unused_tcp_port_factory()) as stage:
            yield stage


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
    """Stop PostgreSQL, start it when the application has noticed, and wait until the application is ready again."""
    await asyncio.to_thread(stage.postgres.stop, mode)
    await stage.until_readyz(503)
    assert (await stage.cast.client.get("/healthz")).status_code == 200
    await asyncio.to_thread(stage.postgres.start)
    await stage.until_readyz(200)


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
