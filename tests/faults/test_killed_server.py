"""The server is killed at any moment of any mutation (F1): action, audit entry and message are all there or none.

A client without an answer sends the same again. If the action was not done, it is done then. Otherwise the client gets
the answer of a second call.
"""

import random
import time
from collections.abc import AsyncIterator, Iterable, Iterator

import asyncpg
import pytest

from server.db.database import Database
from tests.cast import Cast
from tests.faults.contents import contents
from tests.faults.figures import Figures
from tests.faults.interrupted import Servers, Whole, killed, whole, wrong_with
from tests.faults.mortal_server import MortalServers, mortal_servers
from tests.faults.scene import Scenes
from tests.faults.sent_twice import PAGE, table
from tests.faults.serve_command import ServeCommands
from tests.schema.mutations.mutation_cases import AUDITED, asking
from usecases.audit.audit_chain import verify_chain

LONGEST = 0.08  # seconds from sending to the kill
SOME = ["signUp", "sessionRefresh", "profileUpdate", "emailChangeConfirm"]

Wholes = dict[str, Whole]


@pytest.fixture(scope="module")
def servers() -> Iterator[MortalServers]:
    with mortal_servers() as servers:
        yield servers


@pytest.fixture(scope="module")
def wholes() -> Wholes:
    """Return the known effects of undisturbed mutations."""
    return {}


@pytest.fixture
async def scenes(cast: Cast, database: Database, dsn: str) -> AsyncIterator[Scenes]:
    asker, connection = await asking(cast, database), await asyncpg.connect(dsn)
    yield Scenes(asker, database, dsn, connection, await contents(connection))
    await connection.close()


def test_sending_twice_is_published() -> None:
    assert table() in PAGE.read_text(encoding="utf-8"), "write it with: python -m tests.faults.sent_twice"


async def test_action_is_whole_or_absent_after_the_server_was_killed(
    scenes: Scenes, servers: MortalServers, wholes: Wholes
) -> None:
    await learn(scenes, servers, wholes, SOME)
    await killed_in_each(scenes, servers, wholes, seed=0)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 11))
async def test_action_is_whole_or_absent_at_any_moment_of_the_kill(
    scenes: Scenes, servers: MortalServers, wholes: Wholes, seed: int
) -> None:
    await learn(scenes, servers, wholes, AUDITED)
    await killed_in_each(scenes, servers, wholes, seed)


@pytest.mark.long
async def test_killed_serve_command_leaves_an_action_whole_or_absent(
    scenes: Scenes, servers: MortalServers, wholes: Wholes, unused_tcp_port: int
) -> None:
    await learn(scenes, servers, wholes, AUDITED)
    with ServeCommands(unused_tcp_port) as commands:
        await killed_in_each(scenes, commands, wholes, seed=11)


async def learn(scenes: Scenes, servers: MortalServers, wholes: Wholes, names: Iterable[str]) -> None:
    """Measure the effect and answer of each undisturbed mutation once."""
    for name in names:
        if name not in wholes:
            wholes[name] = await whole(scenes, servers, name)


async def killed_in_each(scenes: Scenes, servers: Servers, wholes: Wholes, seed: int) -> None:
    """Kill a server once in each measured mutation; every other time within the mutation's own duration."""
    chance, figures, found = random.Random(seed), Figures("F1 server killed in a mutation", seed=seed), []
    for number, name in enumerate(chance.sample(list(wholes), len(wholes))):
        latest = min(LONGEST, wholes[name].takes * 1.2) if number % 2 else LONGEST
        moment = chance.uniform(0, latest)
        scene = await scenes.of(name)
        answer = await killed(scene, servers, moment)
        died = time.monotonic()
        wrong = await wrong_with(scene, servers, wholes[name], answer)
        figures.recoveries.append(time.monotonic() - died)
        figures.runs += 1
        figures.failed += answer is None
        async with scenes.database.sessions() as db:
            broken = (await verify_chain(db, {}, lambda _: None)).broken
        if wrong or broken:
            found.append(f"{name} killed after {moment:.4f} s: {wrong or broken}")
    figures.lost = len(found)
    figures.publish()
    assert found == []
