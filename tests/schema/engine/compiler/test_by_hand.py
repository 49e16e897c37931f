"""Kinds of documents, case by case, for every member of the cast: both executors answer alike."""

from typing import Any

import pytest

from resolvers.core.context import RequestContext
from schema.build import SCHEMA
from schema.engine.documents import Documents
from tests.cast import EVERYBODY
from tests.schema.engine.compiler.comparing import REFUSALS, Request, World, compare, is_compiled

MEMBERSHIPS = (
    "query($first: Int) { me { memberships(first: $first) { nodes { role } pageInfo { hasNextPage endCursor } } } }"
)
DEFAULTED = "query($f: Int = 1) { me { memberships(first: $f) { nodes { role } } } }"
ORGANIZATION = "query($id: ID!) { organization(id: $id) { name } }"
CONDITION = "query($yes: Boolean!) { me { id email @skip(if: $yes) ... @include(if: $yes) { displayName } version } }"
ORDERED = "query($by: OrganizationOrder) { organizations(orderBy: $by, first: 3) { nodes { name } } }"
# `direction` is non-null with a default: a nullable variable is allowed there, but a null value is an error.
DIRECTED = """query($to: OrderDirection) { me { id }
    organizations(orderBy: {field: NAME, direction: $to}, first: 3) { nodes { name } } }"""
FILTERED = (
    "query($s: OrganizationStatus) { organizations(filter: {status: $s}, first: 2) { totalCount nodes { status } } }"
)
SEVERAL = "query First { me { id } } query Second { services { code } }"
DEEP = """{ organizations(first: 2) { nodes { memberships { totalCount nodes { person { displayName phone }
    account { email organizations { nodes { name administrators { nodes { displayName } } } } } } } } } }"""
NODES = """{ nodes(ids: ["@Account@", "x", "@Organization@", "@Membership@", "@Service@", "@ServiceAccess@"]) {
    __typename id ... on Account { email } ... on Organization { name } ... on Membership { role account { email } }
    ... on Service { name } ... on ServiceAccess { customerNumbers { number } } ... on Node { same: id } } }"""
CASES: dict[str, list[Any]] = {
    "a field": ["{ me { id } }"],
    "leaves of each kind": [
        "{ me { id status email emailConfirmedAt phone language version viewerCanUpdate createdAt } }"
    ],
    "a list of leaves": [
        "{ organizations { nodes { viewerRole viewerPermissions } } me { viewerCannotUpdateReasons } }"
    ],
    "type names": [
        "{ __typename me { __typename memberships { __typename edges { __typename node { __typename } } } } }"
    ],
    "aliases": ['{ a: me { b: id c: id } me { c: email } d: service(code: "EXTRANET") { code } }'],
    "one field in several places": [
        "{ me { memberships { nodes { id } } memberships { nodes { role } } } ... on Query { me { email } } }"
    ],
    "fragments": [
        """query { me { ...A ...A } } fragment A on Account { id ...B memberships { ...M } }
        fragment B on Account { email } fragment M on MembershipConnection { nodes { organization { name } } }"""
    ],
    "fragments on what it cannot be": ["{ me { ... on Node { id ... on Organization { name } } } }"],
    "an interface": ['{ node(id: "@Membership@") { id ... on Membership { role person { email } } } }'],
    "an interface of which nothing fits": ['{ node(id: "@Membership@") { ... on Account { id } } }'],
    "an id of nothing": ['{ node(id: "nothing") { id } organization(id: "@Account@") { id } }'],
    "nodes of each kind": [NODES],
    "conditions": [CONDITION, {"yes": True}, {"yes": False}],
    "conditions as constants": ["{ me { id @skip(if: true) email @include(if: true) } }"],
    "a condition with a default": [
        "query($yes: Boolean = true) { me { id email @skip(if: $yes) } }",
        {},
        {"yes": False},
    ],
    "everything skipped": ["query($no: Boolean!) { me @include(if: $no) { id } }", {"no": False}],
    "a page": [
        "{ me { memberships(first: 1) { edges { cursor node { role } } pageInfo { startCursor hasPreviousPage } } } }"
    ],
    "a page further on": [
        '{ organizations(after: "@organizations cursor 0@", first: 2) { nodes { name } totalCount } }'
    ],
    "variables": [MEMBERSHIPS, {"first": 2}, {"first": None}, {}, None, {"first": 0}, {"first": 1, "unknown": 1}],
    "defaults of variables": [DEFAULTED, {}, {"f": None}, {"f": 2}],
    "ids in variables": [ORGANIZATION, {"id": "@Organization@"}, {"id": "nothing"}, {"id": 5}],
    "lists in variables": [
        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
        {"ids": ["@Account@", "x"]},
        {"ids": []},
        {"ids": "@Account@"},
    ],
    "variables in lists": ['query($a: ID!) { nodes(ids: [$a, "@Service@"]) { id } }', {"a": "@Organization@"}],
    "input objects": [ORDERED, {"by": {"direction": "DESC"}}, {"by": {}}, {"by": None}, {}],
    "enums": ["{ organizations(orderBy: {field: CREATED_AT, direction: DESC}, first: 2) { nodes { name } } }"],
    "enums in variables": [FILTERED, {"s": "ACTIVE"}, {"s": None}, {}],
    "a nullable variable where null may not be": [DIRECTED, {"to": "DESC"}, {}],
    "arguments of several kinds": [
        'query($f: Int, $a: String) { organizations(search: "demo", first: $f, after: $a) { nodes { name } } }',
        {"f": 1},
        {},
    ],
    "lists in lists": [DEEP],
}
LEFT_TO_THE_REFERENCE: dict[str, list[Any]] = {
    "introspection": ["{ __schema { queryType { name } } me { id } }", '{ __type(name: "Account") { name } }'],
    "five conditions": [
        "query($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!, $e: Boolean!) { services { id @skip(if: $a) "
        "id @skip(if: $b) code @skip(if: $c) name @skip(if: $d) audience @skip(if: $e) } }",
        dict.fromkeys("abcde", False),
    ],
    "null as a condition": ["query($yes: Boolean = true) { services { id code @skip(if: $yes) } }", {"yes": None}],
    "null where it may not be": [DIRECTED, {"to": None}],
    "wrong variables": [MEMBERSHIPS, {"first": "2"}, {"first": 2**31}, {"first": 1.5}, {"first": True}],
    "missing variables": [ORGANIZATION, {}, None, {"id": None}, {"id": {}}],
}
REFUSED_BY_RESOLVERS: dict[str, list[Any]] = {
    "a page too large": ["{ services { id } me { email memberships(first: 101) { nodes { id } } } }"],
    "both ends": [
        "{ me { memberships { nodes { organization { memberships(first: 1, last: 1) { totalCount } } } } } }"
    ],
    "no cursor": ['{ organizations(after: "nonsense") { nodes { name } } a: organizations { totalCount } }'],
    "neither argument": ["{ organization { id } services { code } }"],
}


def requests(cases: dict[str, list[Any]]) -> list[Any]:
    """Return each text with each set of its variables as a test parameter."""
    found = []
    for name, (text, *more) in cases.items():
        texts = [text, *(it for it in more if isinstance(it, str))]
        variables = [it for it in more if not isinstance(it, str)] or [None]
        found += [pytest.param(Request(t, v), id=f"{name} {v}") for t in texts for v in variables]
    return found


@pytest.mark.parametrize("request_", requests(CASES))
async def test_compiled_code_answers_like_graphql_core(world: World, request_: Request) -> None:
    for who in EVERYBODY:
        answer = await compare(world.resources, world.viewers[who], request_.named(world.names))
        assert answer.compiled.body == answer.reference.body, who
        assert answer.compiled.statements == answer.reference.statements, who
        assert answer.by_compiled_code, who


@pytest.mark.parametrize("request_", requests(LEFT_TO_THE_REFERENCE))
async def test_uncompiled_query_is_answered_by_graphql_core(world: World, request_: Request) -> None:
    for who in EVERYBODY:
        answer = await compare(world.resources, world.viewers[who], request_.named(world.names))
        assert answer.compiled.body == answer.reference.body, who
        assert not answer.by_compiled_code or answer.reference.codes <= REFUSALS, who


@pytest.mark.parametrize("request_", requests(REFUSED_BY_RESOLVERS))
async def test_error_of_a_resolver_is_answered_by_graphql_core(world: World, request_: Request) -> None:
    for who in EVERYBODY:
        answer = await compare(world.resources, world.viewers[who], request_.named(world.names))
        assert answer.compiled.body == answer.reference.body, who
        assert answer.by_compiled_code == (answer.reference.codes <= REFUSALS), who


@pytest.mark.parametrize(
    ("size", "times"),
    [(1, [False, True, True]), (100, [True, True, True])],
    ids=["when it comes again", "when expensive"],
)
async def test_a_query_is_compiled(world: World, size: int, times: list[bool]) -> None:
    context = RequestContext(world.resources, world.viewers["administrator"])
    document = Documents(SCHEMA).get(MEMBERSHIPS)
    operation = document.compilable_operation(SCHEMA, None)
    assert operation is not None
    assert [await is_compiled(operation, context, {"first": size}, document.bounds) for _ in times] == times


@pytest.mark.parametrize("name", ["First", "Second", "Third"])
async def test_each_operation_of_a_document_is_compiled_for_itself(world: World, name: str) -> None:
    if name == "Third":
        answered = await world.cast.client.post("/graphql", json={"query": SEVERAL, "operationName": name})
        assert answered.json()["errors"][0]["message"] == "Unknown operation named 'Third'."
        return
    answer = await compare(world.resources, world.viewers["member"], Request(SEVERAL, None, name))
    assert answer.by_compiled_code
    assert answer.compiled.body == answer.reference.body
