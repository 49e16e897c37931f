"""The worker erases due accounts while it sends messages, and survives an outage of the database."""

import asyncio
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database, open_database
from server.jobs.erasure import erasing_along
from tests.facts import add_account

CLOSURE = """INSERT INTO account_closures (id, account_id, undo_hash, erase_after)
    VALUES (gen_random_uuid(), $1, 'x', now() - interval '1 minute')"""


@pytest.mark.parametrize("in_the_demo", [False, True], ids=["by the worker", "by the server of the demo"])
async def test_due_accounts_are_erased_at_the_start(
    database: Database, dsn: str, settings: Settings, tmp_path: Path, in_the_demo: bool
) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(CLOSURE, await add_account(connection, "a@posti.example", "CLOSED"))
    demo = create_app(replace(settings, demo=True, data_dir=tmp_path), dsn)
    along = demo.router.lifespan_context(demo) if in_the_demo else erasing_along(database)
    async with along, asyncio.timeout(5):
        while await connection.fetchval("SELECT status FROM accounts") != "ERASED":  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.01)
    await connection.close()


async def test_missing_database_is_logged_and_retried(settings: Settings) -> None:
    with capture_logs() as logs:
        async with (
            open_database("postgresql://nobody@127.0.0.1:1/nothing", settings) as away,
            erasing_along(away),
            asyncio.timeout(5),
        ):
            while not logs:  # noqa: ASYNC110 - the log has no event to wait for
                await asyncio.sleep(0.01)
    assert [entry["event"] for entry in logs] == ["erasure of accounts postponed"]
