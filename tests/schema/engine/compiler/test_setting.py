"""Compilation can be turned off, and answers stay the same."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from resolvers.core.context import RequestContext
from schema.build import SCHEMA
from schema.engine.documents import Documents
from server.app import create_app
from server.config.settings import Settings
from tests.cast import EVERYBODY, Cast
from tests.schema.engine.compiler.comparing import World, is_compiled
from tests.schema.engine.compiler.test_by_hand import CASES, REFUSED_BY_RESOLVERS


@pytest.fixture(scope="module")
async def uncompiled(world: World, dsn: str, settings: Settings) -> AsyncIterator[Cast]:
    """Return the cast as clients of a server without compilation."""
    app = create_app(replace(settings, compile_documents=False), dsn, SCHEMA)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://a") as client:
        yield Cast(client, world.cast.tokens, world.cast.ids)


@pytest.mark.parametrize("name", ["leaves of each kind", "nodes of each kind", "lists in lists", "a page too large"])
async def test_a_client_gets_the_same_bytes(world: World, uncompiled: Cast, name: str) -> None:
    query = (CASES | REFUSED_BY_RESOLVERS)[name][0]
    for marker, value in world.names.items():
        query = query.replace(f"@{marker}@", value)
    for who in EVERYBODY:
        headers = {"Authorization": f"Bearer {world.cast.tokens[who]}"} if who in world.cast.tokens else {}
        bodies = {
            (await client.post("/graphql", json={"query": query}, headers=headers)).content
            for client in (world.cast.client, uncompiled.client)
            for _ in range(3)
        }
        assert len(bodies) == 1, who


@pytest.mark.parametrize("compiles", [True, False])
async def test_nothing_is_compiled_when_it_is_turned_off(world: World, *, compiles: bool) -> None:
    document = Documents(SCHEMA, compiles=compiles).get("{ me { id } }")
    operation = document.compilable_operation(SCHEMA, None)
    assert operation is not None
    context = RequestContext(world.resources, world.viewers["member"])
    answered = [await is_compiled(operation, context, None, document.bounds) for _ in range(2)]
    assert answered == [False, compiles]
