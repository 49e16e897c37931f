"""A service reads the public fields of the schema and nothing else, in both executors."""

from uuid import UUID

import pytest
from graphql import GraphQLObjectType
from hypothesis import given, settings

from auth.viewer import NOBODY, ServiceViewer
from schema.build import SCHEMA
from schema.declare.fields import DEFINITION
from schema.declare.rules import PUBLIC, Rule
from schema.engine.permission_table import may_read
from tests.schema.engine.compiler.comparing import Request, World, compare
from tests.schema.engine.compiler.documents import requests
from tests.schema.engine.compiler.test_by_hand import CASES
from tests.schema.engine.compiler.test_by_hand import requests as cases
from tests.schema.engine.compiler.test_generated import COMMON

SERVICE = ServiceViewer(UUID(int=1), "EXTRANET")
STAFF_CONTENT = """{ me { email } organizations { nodes { name } } node(id: "@Organization@") { id }
    account: node(id: "@Account@") { id ... on Account { email } } services { code name } }"""


def admits_everybody(rule: Rule | None) -> bool:
    return rule is None or rule.who is PUBLIC


def test_service_may_read_exactly_the_public_fields() -> None:
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType) and DEFINITION in type_.extensions:
            own = type_.extensions["rule"]
            for name, field in type_.fields.items():
                rule = field.extensions["rule"]
                public = admits_everybody(own) and admits_everybody(rule)
                assert may_read(own, rule, SERVICE) == public, f"{type_.name}.{name}"


async def check(world: World, request: Request) -> None:
    """Fail if a service gets other data than an anonymous caller, or if the executors differ."""
    request = request.named(world.names)
    as_service = await compare(world.resources, SERVICE, request)
    as_nobody = await compare(world.resources, NOBODY, request)
    assert as_service.compiled.body == as_service.reference.body
    assert as_service.compiled.json.get("data") == as_nobody.compiled.json.get("data")
    assert as_service.by_compiled_code == as_nobody.by_compiled_code
    refusals = {"UNAUTHENTICATED": "FORBIDDEN"}
    assert as_service.compiled.codes == {refusals.get(code, code) for code in as_nobody.compiled.codes}


@pytest.mark.parametrize("request_", cases(CASES))
async def test_service_gets_the_data_of_anonymous_callers(world: World, request_: Request) -> None:
    await check(world, request_)


@settings(COMMON, max_examples=60)
@given(request_=requests())
async def test_service_gets_the_data_of_anonymous_callers_for_any_query(world: World, request_: Request) -> None:
    await check(world, request_)


async def test_service_is_told_that_it_calls_as_a_service(world: World) -> None:
    answer = await compare(world.resources, SERVICE, Request(STAFF_CONTENT).named(world.names))
    assert answer.by_compiled_code
    data = answer.compiled.json["data"]
    assert [data[name] for name in ("me", "organizations", "node", "account")] == [None] * 4
    assert len(data["services"]) == 4
    (error, *_) = answer.compiled.json["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert "you call as a service" in error["message"]
