"""One mutation about to be asked for, with all that the database holds before and after it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import httpx

from schema.build import SCHEMA
from schema.declare.rules import PUBLIC
from server.db.database import Database
from tests.faults.contents import Change, Contents, change, contents, put_back
from tests.schema.asking import post
from tests.schema.mutations.mutation_cases import CASES, Asker, document_of, prepare

assert SCHEMA.mutation_type is not None
# The input of these shows who calls them.
PROVED_BY_INPUT = {
    name for name, field in SCHEMA.mutation_type.fields.items() if field.args and field.extensions["rule"].who is PUBLIC
}
PATIENCE = 60  # seconds


@dataclass
class Scene:
    """The member about to ask for one mutation, and all that the database holds then."""

    connection: asyncpg.Connection
    dsn: str
    name: str
    document: str
    headers: dict[str, str]
    before: Contents

    @property
    def mortal_dsn(self) -> str:
        """Return the address by which the database can tell the killed server's connections from ours."""
        return f"{self.dsn}{'&' if '?' in self.dsn else '?'}application_name=mortal"

    async def until_let_go(self) -> None:
        """Wait until the database has ended whatever the killed server had begun there."""
        left = (
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mortal' AND datname = current_database()"
        )
        async with asyncio.timeout(30):
            while await self.connection.fetchval(left):  # noqa: ASYNC110 - the database has no event for it
                await asyncio.sleep(0.005)

    async def since(self, before: Contents) -> tuple[Change, Contents]:
        """Return what has changed since then, and what there is now."""
        now = await contents(self.connection)
        return change(before, now), now


@dataclass
class Scenes:
    """Sets the scene for any mutation from the one beginning."""

    asker: Asker
    database: Database
    dsn: str
    connection: asyncpg.Connection
    beginning: Contents

    async def of(self, name: str) -> Scene:
        """Put everything back and do what the mutation needs to have been done before."""
        await put_back(self.connection, self.beginning)
        case = CASES[name]
        await prepare(self.asker, self.database, case)
        headers = {} if name in PROVED_BY_INPUT else self.asker.headers(case)
        document = document_of(self.asker, case, case.done)
        return Scene(self.connection, self.dsn, name, document, headers, await contents(self.connection))


@asynccontextmanager
async def warm_client(scene: Scene, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client whose first request, which loads and connects, is not the one that is looked at."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        assert (await post(client, "{ me { id } }", headers=scene.headers)).status_code == 200
        yield client


async def answered(client: httpx.AsyncClient, scene: Scene) -> httpx.Response | None:
    """Return the answer, or None when the server died before it."""
    try:
        return await post(client, scene.document, headers=scene.headers)
    except httpx.TransportError:
        return None
