"""A PostgreSQL with `omaposti serve` on it, the crowd that uses both, and the final judgement."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx

from server.config.settings import Settings
from server.db.database import Database, open_database
from tests.cast import Cast, add_cast
from tests.faults.crowd import Crowd, Person, read_on, write_on
from tests.faults.figures import Figures
from tests.faults.kept import lost
from tests.faults.own_postgres import OwnPostgres, migrated
from tests.faults.serve_command import ServeCommands

READERS = ["consumer", "auditor", "support"]
WRITERS = ["member", "manager", "administrator", "other-administrator"]
PATIENCE = 30  # seconds


@dataclass
class Stage:
    """A PostgreSQL, the application that serves it, and people signed in there."""

    postgres: OwnPostgres
    server: ServeCommands
    database: Database
    cast: Cast

    async def superuser(self, statement: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.postgres.dsn("postgres"))
        try:
            rows: list[asyncpg.Record] = await connection.fetch(statement)
            return rows
        finally:
            await connection.close()

    async def until_readyz(self, status: int) -> None:
        """Wait until /readyz answers with that status."""
        async with asyncio.timeout(PATIENCE):
            while (await self.cast.client.get("/readyz")).status_code != status:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)


@asynccontextmanager
async def staged(postgres: OwnPostgres, port: int) -> AsyncIterator[Stage]:
    """Create the tables, add the cast and serve inside the block."""
    await migrated(postgres.dsn())
    with ServeCommands(port) as server:
        async with open_database(postgres.dsn(), Settings()) as database:
            await add_cast(database)
            server.start(postgres.dsn())
            async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE) as client:
                yield Stage(postgres, server, database, Cast(client))


async def everybody(stage: Stage) -> list[Person]:
    """Return readers and writers, all signed in."""
    for who in READERS + WRITERS:
        if who not in stage.cast.tokens:
            await stage.cast.sign_in(who)
    people = [Person(who, stage.cast.tokens[who], read_on) for who in READERS]
    return people + [Person(who, stage.cast.tokens[who], write_on) for who in WRITERS]


async def judge(stage: Stage, people: Crowd, figures: Figures) -> None:
    """Publish the figures; fail for anything lost, any wrong answer, and any fault in the log."""
    wrong = await lost(stage.database, people)
    figures.runs, figures.failed, figures.lost = len(people.answers), people.put_off(), len(wrong)
    figures.publish()
    assert (wrong, people.wrong) == ([], [])
    assert [line for line in stage.server.logged() if line.get("level") == "error" and not by_absence(line)] == []


def by_absence(line: dict[str, Any]) -> bool:
    """Return whether a log line reports an absent database, which is no fault of the application."""
    return "DatabaseUnavailableError" in line.get("exception", "")
