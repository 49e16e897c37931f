"""A history from before the chain is chained by the migration, in its own order, and survives a step back."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from server.database import Database, open_database
from server.revision import MIGRATIONS
from server.settings import Settings
from tests.conftest import to_database
from usecases.audit_chain import Verdict, verify_chain

BEFORE, CHAINED = "0004", "0005"
ENTRIES = """INSERT INTO audit_entries (id, action, result, actor_id, actor_name, subject_id, address, changes)
    SELECT gen_random_uuid(), 'ä"\\', 'DONE', gen_random_uuid(), NULL, NULL, '192.0.2.7', '{"b": 1, "ä": [1.50]}'
    FROM generate_series(1, 100)"""


@pytest.fixture
async def separate(server_dsn: str, worker_id: str) -> AsyncIterator[Database]:
    """Return a database of its own, without any table."""
    name = f"test_audit_migration_{worker_id}"
    connection = await asyncpg.connect(server_dsn)
    await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    async with open_database(to_database(server_dsn, name), Settings(), bounded=False) as database:
        yield database
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def move(database: Database, *, up: str | None = None, down: str | None = None) -> None:
    """Bring the schema to a revision."""
    async with database.engine.begin() as connection:
        if up is not None:
            await connection.run_sync(lambda sync: command.upgrade(_config(sync), up))
        if down is not None:
            await connection.run_sync(lambda sync: command.downgrade(_config(sync), down))


async def execute(database: Database, statement: str) -> None:
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(statement)


async def verified(database: Database) -> Verdict:
    async with AsyncSession(database.engine) as session:
        return await verify_chain(session, {}, lambda _: None)


async def test_a_former_history_is_chained_and_goes_on(separate: Database) -> None:
    await move(separate, up=BEFORE)
    await execute(separate, ENTRIES)
    await move(separate, up=CHAINED)
    verdict = await verified(separate)
    assert (verdict.broken, verdict.entries) == (None, 100)
    await execute(separate, ENTRIES)
    assert (await verified(separate)).entries == 200


async def test_a_step_back_and_forth_keeps_every_entry_and_chains_anew(separate: Database) -> None:
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
