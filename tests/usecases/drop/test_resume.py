"""An import that is killed at any moment continues when it is run again, to the same final state."""

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from server.db.database import Database
from tests.conftest import empty
from tests.usecases.drop.handover import Handover, consumer_file, extranet_file, prinetti_file, register_file
from tests.usecases.drop.state import counted, import_rows, state_of
from usecases.drop.base import transactions as batches
from usecases.drop.base.errors import DropRefusedError
from usecases.drop.base.progress import Step
from usecases.drop.decide import facts
from usecases.drop.import_drop import import_drop, imported_drop

PROJECT = Path(__file__).parents[3]
ROWS, FEW_ROWS = 400, 60
SMALL = 23  # rows of a batch
STEPS_TO_HALFWAY = 18  # of the small drop: its rows are staged, and not yet decided

# A separate process, so that a kill leaves no cleanup; small batches give many places to die in.
ADVISORY_LOCKS = """FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
IMPORT = """
import asyncio, sys
from pathlib import Path
from server.db.database import open_database
from server.config.settings import Settings
from usecases.drop import supersede, wrap_hashes
from usecases.drop.decide import facts
from usecases.drop.import_drop import imported_drop
from usecases.drop.intake import company_register, staging

for module in (company_register, facts, staging, supersede):
    module.BATCH_SIZE = 23
wrap_hashes.HASHES = 7

async def main():
    async with open_database(sys.argv[1], Settings(), bounded=False) as database:
        async with imported_drop(database.engine, Path(sys.argv[2]), progress=lambda *step: print(step, flush=True)):
            pass

asyncio.run(main())
"""


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    return _drop(tmp_path / "drop", FEW_ROWS)


def _drop(folder: Path, rows: int) -> Path:
    people = [f"p{n}@aho.example" for n in range(rows)]
    md5 = "c4643910cd6e6819733e1b3262e1ae17"
    extranet = extranet_file(
        *(
            {"asiointitunnus": f"E{n % (rows - 10)}", "sahkoposti": mail, "salasana": md5 if n % 20 == 0 else ""}
            for n, mail in enumerate(people)
        )
    )
    prinetti = prinetti_file(*({"user": f"u{n}", "email": mail} for n, mail in enumerate(people)))
    consumers = consumer_file(
        *({"omapostiId": f"c-{n}", "email": mail, "emailVerified": n % 3 == 0} for n, mail in enumerate(people[::2]))
    )
    handover = Handover(folder).add("REGISTER", register_file(), 1)
    handover.add("EXTRANET", extranet, rows).add("PRINETTI", prinetti, rows).add("OMAPOSTI", consumers, rows // 2)
    return handover.written()


async def test_import_killed_halfway_ends_in_the_same_state(database: Database, dsn: str, drop: Path) -> None:
    await import_drop(database.engine, drop)
    whole = await state_of(database.engine)
    await empty(dsn)
    assert not await _runs_to_its_end(dsn, drop, STEPS_TO_HALFWAY)
    await import_drop(database.engine, drop)
    assert await state_of(database.engine) == whole


async def test_import_that_fails_beside_a_decision_releases_everything(
    database: Database, dsn: str, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await import_drop(database.engine, drop)
    whole = await state_of(database.engine)
    await empty(dsn)
    monkeypatch.setattr(facts, "BATCH_SIZE", SMALL)

    def breaking(step: Step, done: int, _total: int) -> None:
        if step is Step.DECIDE and done > 2 * SMALL:
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        async with imported_drop(database.engine, drop, progress=breaking):
            pass
    await import_drop(database.engine, drop)
    assert await state_of(database.engine) == whole


async def test_connection_cancelled_in_its_begin_is_given_back_clean(database: Database) -> None:
    async def begin(connection: batches.Connection) -> None:
        async with batches.batch_transaction(connection):
            pass

    with pytest.raises(ConnectionAbortedError):
        async with batches.separate_connection(database.engine) as connection:
            beginning = asyncio.create_task(begin(connection))
            await asyncio.sleep(0)  # BEGIN is on its way
            beginning.cancel()
            await asyncio.wait([beginning])
            raise ConnectionAbortedError
    async with batches.separate_connection(database.engine) as other:
        of_ours = "datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
        assert await other.fetchval(f"SELECT count(*) FROM pg_stat_activity WHERE {of_ours}") == 0
        assert not other.is_in_transaction()


async def test_dry_run_in_many_batches_reports_the_same_as_the_import(
    database: Database, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "BATCH_SIZE", SMALL)
    dry = await import_rows(database.engine, drop, dry_run=True)
    assert await import_rows(database.engine, drop) == dry


@pytest.mark.long
async def test_b76_import_killed_at_random_moments_ends_in_the_same_state(
    database: Database, dsn: str, tmp_path: Path
) -> None:
    drop, whole = await _imported_in_peace(database, dsn, tmp_path / "drop")
    chance = random.Random(20200228)
    kills = 0
    while not await _runs_to_its_end(dsn, drop, chance.randint(5, 50)):
        kills += 1
    assert kills >= 3, "the import was too short to be killed: make the drop larger"
    await import_drop(database.engine, drop)
    state = await state_of(database.engine)
    for kind in whole:
        assert state[kind] == whole[kind], kind


@pytest.mark.long
async def test_b76_import_killed_three_times_ends_like_one_import(database: Database, dsn: str, tmp_path: Path) -> None:
    drop, whole = await _imported_in_peace(database, dsn, tmp_path / "drop")
    chance = random.Random(76)
    for _ in range(3):
        assert not await _runs_to_its_end(dsn, drop, chance.randint(5, 30))
    await import_drop(database.engine, drop)
    assert await state_of(database.engine) == whole
    once = await counted(database.engine)
    for _ in range(3):  # little work is left: some runs are killed, some finish
        await _runs_to_its_end(dsn, drop, chance.randint(1, 5))
    await import_drop(database.engine, drop)
    assert await counted(database.engine) == once, "no row was added or written again"


async def test_second_import_is_refused_at_once(database: Database, drop: Path) -> None:
    async with batches.import_connection(database.engine, dry_run=True):
        with pytest.raises(DropRefusedError, match="another import is running"):
            await import_drop(database.engine, drop)
    assert await import_rows(database.engine, drop, dry_run=True)


async def test_an_import_that_lost_its_lock_ends(database: Database, dsn: str) -> None:
    owner = await asyncpg.connect(dsn)
    holders = f"SELECT pg_terminate_backend(pid) {ADVISORY_LOCKS} AND mode = 'ExclusiveLock'"
    with pytest.raises(asyncpg.InterfaceError):
        async with batches.import_connection(database.engine, dry_run=False) as connection:
            assert await owner.fetchval(holders)
            async with asyncio.timeout(10):
                while not connection.is_closed():  # noqa: ASYNC110 - asyncpg has no event for it
                    await asyncio.sleep(0.01)
    await owner.close()


async def test_an_import_waits_for_the_last_batch_of_a_killed_one(database: Database, dsn: str) -> None:
    owner = await asyncpg.connect(dsn)
    waiting = f"SELECT count(*) {ADVISORY_LOCKS} AND NOT granted"

    async def begin() -> None:
        async with batches.import_connection(database.engine, dry_run=False):
            pass

    async with batches.separate_connection(database.engine) as left_over, batches.batch_transaction(left_over):
        begun = asyncio.create_task(begin())
        async with asyncio.timeout(10):
            while not await owner.fetchval(waiting):  # noqa: ASYNC110 - the database has no event for it
                await asyncio.sleep(0.01)
        assert not begun.done()
    await begun
    await owner.close()


async def _imported_in_peace(database: Database, dsn: str, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return a drop, and the state after an undisturbed import of it; the database is then empty again."""
    drop = _drop(folder, ROWS)
    await import_drop(database.engine, drop)
    whole = await state_of(database.engine)
    await empty(dsn)
    return drop, whole


async def _runs_to_its_end(dsn: str, drop: Path, steps: int) -> bool:
    """Run an import in a separate process and kill it after some steps; return whether it had ended by then."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", IMPORT, dsn, str(drop), cwd=PROJECT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    for _ in range(steps):
        if not await process.stdout.readline():
            assert await process.wait() == 0
            return True
    process.kill()
    await process.communicate()
    return False
