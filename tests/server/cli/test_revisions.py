"""A database of another revision stops every command with the same line as `omaposti database status`."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from server.config.settings import Settings
from server.db.database import open_database
from server.db.migration import migrate
from server.db.revision import newest_revision
from tests.conftest import to_database
from tests.models.migrations.migrating import move
from tests.server.cli.command_line import omaposti
from tests.server.cli.test_serve_command import environment
from tests.usecases.drop.handover import SAMPLE

OLDER = "0001"
NEWER = "9999"
RUN_MIGRATE = f"the newest is {newest_revision()}; run `omaposti database migrate`\n"
LINES = {
    "none": f"omaposti: the database is at revision none, {RUN_MIGRATE}",
    OLDER: f"omaposti: the database is at revision {OLDER}, {RUN_MIGRATE}",
    NEWER: f"omaposti: the database is at revision {NEWER}, which this program does not know: its newest is "
    f"{newest_revision()}; take the newer program\n",
}
COMMANDS = [
    "serve",
    "worker",
    f"drop import {SAMPLE}",
    "account erase-due",
    "audit verify",
    "mail doubtful",
    "staff list",
    "demo load",
]


@pytest.fixture
async def unmigrated(server_dsn: str, worker_id: str) -> AsyncIterator[str]:
    """Return the DSN of a database without any table."""
    name = f"test_revision_{worker_id}_{os.getpid()}"
    connection = await asyncpg.connect(server_dsn)
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield to_database(server_dsn, name)
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


async def bring(dsn: str, revision: str) -> None:
    """Migrate an empty database to a revision; an unknown newer one is simulated by renaming the newest."""
    async with open_database(dsn, Settings(), bounded=False) as database:
        if revision == OLDER:
            await move(database, up=OLDER)
        elif revision == NEWER:
            await migrate(database.engine)
            async with database.engine.begin() as connection:
                await connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{NEWER}'")


async def said(dsn: str, command: str, **more: str) -> tuple[int | None, str]:
    """Return a command's exit code and output."""
    demo = {"OMAPOSTI_ENVIRONMENT": "development"} | ({"OMAPOSTI_DEMO": "1"} if command == "demo load" else {}) | more
    asked = command.split()
    ran = await asyncio.to_thread(omaposti, *asked, environment=environment(dsn, 0, **demo), together=True)
    return ran.returncode, ran.stdout


@pytest.mark.parametrize("revision", LINES)
async def test_every_command_prints_the_advice_of_status(unmigrated: str, revision: str) -> None:
    await bring(unmigrated, revision)
    assert await said(unmigrated, "database status") == (1, LINES[revision])
    for command in COMMANDS if revision == "none" else ["serve", "worker", "staff list"]:
        assert await said(unmigrated, command) == (1, LINES[revision]), command


async def test_a_newer_database_is_left_as_it_is_by_migrate(unmigrated: str) -> None:
    await bring(unmigrated, NEWER)
    assert await said(unmigrated, "database migrate") == (1, LINES[NEWER])
    assert await said(unmigrated, "database check") == (1, LINES[NEWER])
    assert await said(unmigrated, "serve", OMAPOSTI_DEMO="1") == (1, LINES[NEWER])


async def test_an_unusable_manifest_stops_serve_before_its_first_lines(dsn: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "manifest.json")
    code, text = await said(dsn, "serve", OMAPOSTI_TRUSTED_DOCUMENTS=missing)
    assert (code, text.count("\n")) == (1, 1)
    assert text.startswith(f"omaposti: {missing} cannot be read")


async def test_a_database_that_cannot_be_used_is_one_line(unmigrated: str) -> None:
    wrong = f"{unmigrated}{'&' if '?' in unmigrated else '?'}sslmode=sometimes"
    for command in ("serve", "staff list"):
        code, text = await said(wrong, command)
        assert (code, text.count("\n")) == (1, 1)
        assert "sslmode" in text
        assert "DATABASE_URL" in text
