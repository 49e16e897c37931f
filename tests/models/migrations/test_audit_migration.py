"""A history from before the chain is chained by the migration, in its own order, and survives a downgrade."""

from sqlalchemy.ext.asyncio import AsyncSession

from server.db.database import Database
from tests.models.migrations.migrating import execute, move
from usecases.audit.audit_chain import ChainReport, verify_chain

BEFORE, CHAINED = "0004", "0005"
ENTRIES = """INSERT INTO audit_entries (id, action, result, actor_id, actor_name, subject_id, address, changes)
    SELECT gen_random_uuid(), 'ä"\\', 'DONE', gen_random_uuid(), NULL, NULL, '192.0.2.7', '{"b": 1, "ä": [1.50]}'
    FROM generate_series(1, 100)"""


async def verified(database: Database) -> ChainReport:
    async with AsyncSession(database.engine) as db:
        return await verify_chain(db, {}, lambda _: None)


async def test_existing_history_is_chained_and_continued(separate: Database) -> None:
    await move(separate, up=BEFORE)
    await execute(separate, ENTRIES)
    await move(separate, up=CHAINED)
    verdict = await verified(separate)
    assert (verdict.broken, verdict.entries) == (None, 100)
    await execute(separate, ENTRIES)
    assert (await verified(separate)).entries == 200


async def test_a_step_back_and_forth_keeps_every_entry_and_chains_again(separate: Database) -> None:
    await move(separate, up=CHAINED)
    await execute(separate, ENTRIES)
    some = "SELECT id FROM audit_entries LIMIT 3"
    erase = f"UPDATE audit_entries SET changes = NULL, changes_salt = NULL WHERE id IN ({some})"
    await execute(separate, erase)
    await move(separate, down=BEFORE)
    await execute(separate, ENTRIES)
    await move(separate, up=CHAINED)
    verdict = await verified(separate)
    assert (verdict.broken, verdict.entries) == (None, 200)
