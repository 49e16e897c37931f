"""Two branches of an answer await one load: if one branch fails and is cancelled, the other gets its value."""

import asyncio
from contextlib import suppress
from typing import Any

import strawberry

from auth.viewer import NOBODY
from resolvers.core.context import RequestContext
from schema.declare.fields import Info, related
from schema.declare.rules import PUBLIC, rule
from tests.schema.engine.compiler.comparing import Request, World, compare
from tests.schema.engine.compiler.test_types import schema_of

EVERYONE = rule(PUBLIC)


class Meeting:
    """Meeting point of three waiting fields, at which the load learns that one was cancelled."""

    def __init__(self) -> None:
        self.everybody = asyncio.Barrier(3)
        self.stopped = asyncio.Event()


async def _shared(context: RequestContext, row: Meeting) -> str:
    async def load(keys: list[str]) -> list[str]:
        with suppress(TimeoutError):  # an executor that cancels none is accepted too
            await asyncio.wait_for(row.stopped.wait(), 1)
        return keys

    loading = context.loader("shared", load).load("the value")
    await row.everybody.wait()
    try:
        value: str = await loading
    except asyncio.CancelledError:
        row.stopped.set()
        raise
    return value


async def _failing(_context: object, row: Meeting) -> str:
    await row.everybody.wait()
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
    return Meeting()


@strawberry.type
class Query:
    pair: Pair = strawberry.field(resolver=_pair, directives=[EVERYONE])


async def test_the_other_branch_gets_its_value(world: World) -> None:
    request = Request("{ pair { left { shared failing } right { shared } } }")
    answer = await compare(world.resources, NOBODY, request, schema_of(Query))
    for answered in (answer.compiled, answer.reference):
        assert answered.json["data"] == {"pair": {"left": None, "right": {"shared": "the value"}}}
        assert [error["path"] for error in answered.json["errors"]] == [["pair", "left", "failing"]]
