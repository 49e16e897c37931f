"""The worker erases what is due beside its letters, and a database that is away ends nothing."""

import asyncio

import asyncpg
from structlog.testing import capture_logs

from server.database import Database, open_database
from server.erasure import erasing_along
from server.settings import Settings
from tests.facts import add_account

CLOSURE = """INSERT INTO account_closures (id, account_id, undo_hash, erase_after)
    VALUES (gen_random_uuid(), $1, 'x', now() - interval '1 minute')"""


async def test_what_is_due_is_erased_as_soon_as_the_worker_starts(database: Database, dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(CLOSURE, await add_account(connection, "a@posti.example", "CLOSED"))
    async with erasing_along(database), asyncio.timeout(5):
        while await connection.fetchval("SELECT status FROM accounts") != "ERASED":  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.01)
    await connection.close()


async def test_a_database_that_is_away_is_said_and_waited_for(settings: Settings) -> None:
    with capture_logs() as logs:
        async with (
            open_database("postgresql://nobody@127.0.0.1:1/nothing", settings) as away,
            erasing_along(away),
            asyncio.timeout(5),
        ):
            while not logs:  # noqa: ASYNC110 - the log has no event to wait for
                await asyncio.sleep(0.01)
    assert [entry["event"] for entry in logs] == ["nothing was erased"]
