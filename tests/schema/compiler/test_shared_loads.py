"""Two branches of an answer wait for one load: when one branch fails and is stopped, the other still gets its value."""

import asyncio
from typing import Any

import strawberry

from auth.viewer import NOBODY
from resolvers.context import RequestContext
from schema.fields import Info, related
from schema.rules import PUBLIC, rule
from tests.schema.compiler.comparing import Request, World, compare
from tests.schema.compiler.test_types import schema_of

EVERYONE = rule(PUBLIC)


async def _shared(context: RequestContext, row: dict[str, Any]) -> str:
    async def load(keys: list[str]) -> list[str]:
        await asyncio.wait_for(row["failed"].wait(), 2)
        await asyncio.sleep(0.01)  # the siblings of what failed are stopped meanwhile
        return keys

    value: str = await context.loader("shared", load).load("the value")
    return value


async def _failing(_context: object, row: dict[str, Any]) -> str:
    await asyncio.sleep(0.01)  # its sibling waits for the load by now
    row["failed"].set()
    raise RuntimeError


@strawberry.type(directives=[EVERYONE])
class Branch:
    shared: str | None = related(_shared)
    failing: str = related(_failing)


@strawberry.type(directives=[EVERYONE])
class Pair:
    left: Branch | None = related(lambda _context, row: _itself(row))
    right: Branch | None = related(lambda _context, row: _itself(row))


async def _itself(row: Any) -> Any:
    return row


async def _pair(_info: Info) -> Any:
    return {"failed": asyncio.Event()}


@strawberry.type
class Query:
    pair: Pair = strawberry.field(resolver=_pair, directives=[EVERYONE])


async def test_the_other_branch_gets_its_value(world: World) -> None:
    request = Request("{ pair { left { shared failing } right { shared } } }")
    answer = await compare(world.services, NOBODY, request, schema_of(Query))
    for answered in (answer.compiled, answer.reference):
        assert answered.json["data"] == {"pair": {"left": None, "right": {"shared": "the value"}}}
        assert [error["path"] for error in answered.json["errors"]] == [["pair", "left", "failing"]]
