"""Random documents and variables for every member of the cast: both executors answer the same bytes."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.cast import EVERYBODY
from tests.schema.engine.compiler.comparing import REFUSALS, Request, World, compare
from tests.schema.engine.compiler.documents import requests

COMMON = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.generate, Phase.shrink],
)


async def check(world: World, who: str, request: Request) -> None:
    """Fail if the answers differ, or if graphql-core answers a query that should be compiled."""
    request = request.named(world.names)
    answer = await compare(world.resources, world.viewers[who], request)
    assert answer.compiled.body == answer.reference.body
    if answer.by_compiled_code:
        assert answer.reference.codes <= REFUSALS
        # A list alone on its level is not batched with equal lists, unlike in graphql-core: one statement each.
        assert answer.compiled.statements <= answer.reference.statements + request.text.count("{")
    else:
        assert not answer.reference.codes <= REFUSALS or request.is_left_to_the_reference


@pytest.mark.long
@pytest.mark.parametrize("who", EVERYBODY)
@settings(COMMON, max_examples=800)
@given(request_=requests())
async def test_many_random_requests_are_answered_alike(world: World, who: str, request_: Request) -> None:
    await check(world, who, request_)


@pytest.mark.parametrize("who", EVERYBODY)
@settings(COMMON, max_examples=40)
@given(request_=requests())
async def test_random_requests_are_answered_alike(world: World, who: str, request_: Request) -> None:
    await check(world, who, request_)
