"""Every migration goes up and down, one at a time, on an empty database."""

from alembic.config import Config
from alembic.script import ScriptDirectory

from server.db.database import Database
from server.db.revision import MIGRATIONS
from tests.models.migrations.migrating import move, values

TABLES = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"


def revisions() -> list[str]:
    """Return all revisions, newest first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


async def test_every_migration_goes_back_and_forth(separate: Database) -> None:
    await move(separate, up="head")
    newest = await values(separate, TABLES)
    for revision in revisions():
        await move(separate, down="-1")
        await move(separate, up=revision)
        await move(separate, down="-1")
    assert await values(separate, TABLES) == {"alembic_version"}
    await move(separate, up="head")
    assert await values(separate, TABLES) == newest
