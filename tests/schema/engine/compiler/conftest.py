"""World of the comparisons: the cast, several organizations with members, and the server's viewers."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from auth.authentication import authenticate
from auth.tokens import TokenKind
from auth.viewer import NOBODY
from server.db.database import Database
from tests.cast import Cast, add_cast, signed_in_cast
from tests.conftest import empty
from tests.schema.declare.test_permissions import complete
from tests.schema.engine.compiler.comparing import World
from tests.schema.engine.test_statements import grow

CURSORS = """{
  organization(businessId: "9200001-5") { memberships { edges { cursor } } administrators { edges { cursor } } }
  organizations(first: 3) { edges { cursor } }
}"""


@pytest.fixture(scope="module")
async def world(app: Starlette, opened: Database, dsn: str) -> AsyncIterator[World]:
    """Return the world of a file's comparisons, made once because they only read."""
    await empty(dsn)
    await add_cast(opened)
    names = await complete(opened)
    await grow(opened)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        cast = await signed_in_cast(client)
        names |= await cursors(cast)
        viewers = {who: await authenticate(opened.pool, TokenKind.ACCESS, token) for who, token in cast.tokens.items()}
        yield World(cast, app.state.resources, {**viewers, "nobody": NOBODY}, names)


async def cursors(cast: Cast) -> dict[str, str]:
    """Return cursors of each kind of list by name."""
    data = (await cast.ask("support", CURSORS))["data"]
    lists = {**data["organization"], "organizations": data["organizations"]}
    return {
        f"{name} cursor {number}": edge["cursor"]
        for name, connection in lists.items()
        for number, edge in enumerate(connection["edges"])
    }
