"""Moving a database from one revision of the schema to another."""

from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from server.db.database import Database
from server.db.revision import MIGRATIONS


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def move(database: Database, *, up: str | None = None, down: str | None = None) -> None:
    async with database.engine.begin() as connection:
        if up is not None:
            await connection.run_sync(lambda sync: command.upgrade(_config(sync), up))
        if down is not None:
            await connection.run_sync(lambda sync: command.downgrade(_config(sync), down))


async def execute(database: Database, statement: str) -> None:
    """Run a statement and commit it."""
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(statement)


async def values(database: Database, statement: str) -> set[Any]:
    """Return the distinct values of a query with one column."""
    async with database.engine.connect() as connection:
        return set((await connection.exec_driver_sql(statement)).scalars())
