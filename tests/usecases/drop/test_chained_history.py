"""The history of an import is chained in one pass for each batch, with the same result as entry by entry."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from server.db.database import Database
from tests.usecases.drop.handover import Handover, consumer_file
from usecases.audit.audit_chain import ChainReport, verify_chain
from usecases.drop.import_drop import import_drop, imported_drop

WRITTEN = (
    "INSERT INTO audit_entries (id, action, result, actor_name, subject_id, changes) "
    "VALUES ($1, 'test', 'DONE', $2, $3, '{}')"
)
CHAINED = "SELECT chain_audit_entries($1)"


@pytest.fixture
async def writing(database: Database, dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def verified(database: Database) -> ChainReport:
    async with database.sessions() as db:
        return await verify_chain(db, {}, lambda _: None)


def drop(path: Path, *consumers: int, sequence: int = 1) -> Path:
    rows = ({"omapostiId": f"c-{n}", "email": f"c{n}@x.example"} for n in consumers)
    return Handover(path).add("OMAPOSTI", consumer_file(*rows), len(consumers), sequence).written()


async def test_successive_imports_continue_one_chain(database: Database, tmp_path: Path) -> None:
    await import_drop(database.engine, drop(tmp_path / "1", 1, 2, 3))
    async with imported_drop(database.engine, drop(tmp_path / "2", 4, 5, sequence=2), dry_run=True):
        pass
    await import_drop(database.engine, drop(tmp_path / "2", 4, 5, sequence=2))
    verdict = await verified(database)
    assert (verdict.broken, verdict.entries) == (None, 5 + 2 * 2)  # accounts, and for each import a file and its codes
    assert verdict.heads[64].position == verdict.entries


async def test_pass_chains_every_lane_and_commit_chains_the_rest(
    database: Database, writing: asyncpg.Connection
) -> None:
    ids, person = [uuid7() for _ in range(9)], uuid7()
    async with writing.transaction():
        for number, entry in enumerate(ids):
            await writing.execute(WRITTEN, entry, None if number % 2 else "system", person)
        await writing.execute(CHAINED, ids[:6])
    verdict = await verified(database)
    assert (verdict.broken, verdict.entries) == (None, 9)
    assert {lane: head.position for lane, head in verdict.heads.items()} == {person.bytes[-1] % 64: 4, 64: 5}


async def test_pass_chains_each_existing_entry_once(database: Database, writing: asyncpg.Connection) -> None:
    entry = uuid7()
    await writing.execute(WRITTEN, entry, "system", None)
    for ids in ([entry], [entry, entry, uuid7()], []):
        await writing.execute(CHAINED, ids)
    verdict = await verified(database)
    assert (verdict.broken, verdict.entries) == (None, 1)


async def test_rolled_back_pass_leaves_no_gap(database: Database, writing: asyncpg.Connection) -> None:
    undone = writing.transaction()
    await undone.start()
    lost = uuid7()
    await writing.execute(WRITTEN, lost, "system", None)
    await writing.execute(CHAINED, [lost])
    await undone.rollback()
    await writing.execute(WRITTEN, uuid7(), "system", None)
    verdict = await verified(database)
    assert (verdict.broken, verdict.heads[64].position) == (None, 1)


async def test_role_that_may_not_write_links_may_call_the_pass(database: Database, writing: asyncpg.Connection) -> None:
    entry, role = uuid7(), f"writer_{uuid7().hex}"
    await writing.execute(f"CREATE ROLE {role}")
    await writing.execute(f"GRANT SELECT, INSERT ON audit_entries TO {role}; GRANT SELECT ON audit_links TO {role}")
    try:
        async with writing.transaction():
            await writing.execute(f"SET LOCAL ROLE {role}")
            await writing.execute(WRITTEN, entry, "system", None)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with writing.transaction():
                    await writing.execute("SELECT chain_in_lane(64::smallint, $1)", [entry])
            await writing.execute(CHAINED, [entry])
    finally:
        await writing.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
    assert (await verified(database)).entries == 1
