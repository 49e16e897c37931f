"""Scene of one mutation before it is sent, with the contents of the database before and after."""

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
# Mutations whose input identifies their caller.
PROVED_BY_INPUT = {
    name for name, field in SCHEMA.mutation_type.fields.items() if field.args and field.extensions["rule"].who is PUBLIC
}
PATIENCE = 60  # seconds


@dataclass
class Scene:
    """The member who will send one mutation, and the contents of the database."""

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
        """Wait until the database has ended the transactions of the killed server."""
        left = (
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mortal' AND datname = current_database()"
        )
        async with asyncio.timeout(30):
            while await self.connection.fetchval(left):  # noqa: ASYNC110 - the database has no event for it
                await asyncio.sleep(0.005)

    async def since(self, before: Contents) -> tuple[Change, Contents]:
        """Return the changes since then, and the present contents."""
        now = await contents(self.connection)
        return change(before, now), now


@dataclass
class Scenes:
    """Sets the scene for any mutation from the same start."""

    asker: Asker
    database: Database
    dsn: str
    connection: asyncpg.Connection
    beginning: Contents

    async def of(self, name: str) -> Scene:
        """Restore everything, and do the preparations of the mutation."""
        await put_back(self.connection, self.beginning)
        case = CASES[name]
        await prepare(self.asker, self.database, case)
        headers = {} if name in PROVED_BY_INPUT else self.asker.headers(case)
        document = document_of(self.asker, case, case.done)
        return Scene(self.connection, self.dsn, name, document, headers, await contents(self.connection))


@asynccontextmanager
async def warm_client(scene: Scene, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client whose first request, which loads and connects, is already done."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        assert (await post(client, "{ me { id } }", headers=scene.headers)).status_code == 200
        yield client


async def answered(client: httpx.AsyncClient, scene: Scene) -> httpx.Response | None:
    """Return the answer, or None if the server died before it."""
    try:
        return await post(client, scene.document, headers=scene.headers)
    except httpx.TransportError:
        return None
