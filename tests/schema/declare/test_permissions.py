"""Every field, read by every member of the cast over several paths: the answers match the declared rules."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from graphql import GraphQLNonNull, GraphQLObjectType
from sqlalchemy import select
from starlette.applications import Starlette

from models.account import Account
from models.audit import AuditEntry
from models.db.clock import now
from models.legacy_code import LegacyCode, LegacyCodeKind, LegacyCodeStatus
from models.membership import Membership, ServiceAccess, ServiceAccessCustomerNumber
from models.message import Message, MessageStatus
from models.organization import CustomerNumber, Organization
from models.service import Service
from models.session import Session, Transport
from resolvers.core import global_id
from schema.build import SCHEMA
from schema.declare.fields import DEFINITION
from schema.declare.rules import Rule
from server.db.database import Database
from tests.cast import EVERYBODY, NOBODY, RESTRICTED, Cast, add_cast, signed_in_cast
from tests.conftest import empty
from tests.schema.declare.permission_paths import PATHS, Path, Step, about, admitted, named
from tests.schema.mutations.mutation_case import MutationCase
from tests.schema.mutations.mutation_cases import CASES
from usecases.demo import PASSWORD
from usecases.mail.message_kind import MessageKind

Answer = dict[str, Any]


@dataclass
class World:
    """The cast, and the ids of the objects at the ends of the paths."""

    cast: Cast
    ids: dict[str, str]


@pytest.fixture(scope="module")
async def world(app: Starlette, opened: Database, dsn: str) -> AsyncIterator[World]:
    """Return the world of these tests, made once because the tests only read."""
    await empty(dsn)
    await add_cast(opened)
    ids = await complete(opened)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        yield World(await signed_in_cast(client), ids)


async def complete(database: Database) -> dict[str, str]:
    """Give the member an old code and an access limited to a customer number; return global ids of their objects."""
    async with database.sessions.begin() as db:
        account = (await db.scalars(select(Account).where(Account.email_key == "member@demo.example"))).one()
        membership = (await db.scalars(select(Membership).where(Membership.account_id == account.id))).one()
        organization = await db.get_one(Organization, membership.organization_id)
        access = (await db.scalars(select(ServiceAccess).filter_by(membership_id=membership.id))).one()
        number = (await db.scalars(select(CustomerNumber).filter_by(number="0001234567"))).one()
        service = await db.get_one(Service, access.service_id)
        code = LegacyCode(
            service_id=service.id,
            code="EXT1",
            code_key="EXT1",
            kind=LegacyCodeKind.PERSON,
            status=LegacyCodeStatus.LINK_PENDING,
            organization_id=organization.id,
            account_id=account.id,
        )
        message = _sent(account)
        limit = ServiceAccessCustomerNumber(service_access_id=access.id, customer_number_id=number.id)
        opened = Session(
            account_id=account.id,
            transport=Transport.TOKEN,
            access_hash=b"never issued",
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )
        entry = AuditEntry(action="session.signIn", actor_id=account.id, subject_id=account.id, address="192.0.2.7")
        db.add_all([code, message, limit, opened, entry])
        await db.flush()
        found: list[Any] = [account, membership, organization, access, number, service, code, message, opened, entry]
        return {type(it).__name__: global_id.encode(type(it).__name__, it.id) for it in found} | {"password": PASSWORD}


def _sent(account: Account) -> Message:
    """Return a sent message to the member."""
    return Message(
        account_id=account.id,
        email=account.email,
        email_key=account.email_key,
        kind=MessageKind.PASSWORD_CHANGED,
        language=account.language,
        verification_code="ABCDE-FGHJK-MNPQR",
        status=MessageStatus.SENT,
        sent_at=now(),
    )


JOURNEYS = [(who, path) for who in EVERYBODY for path in PATHS if path.travellers(who)]


@pytest.mark.parametrize(("who", "path"), JOURNEYS, ids=[f"{who}: {path.name}" for who, path in JOURNEYS])
async def test_b54_a_field_is_answered_to_those_its_rules_admit(world: World, path: Path, who: str) -> None:
    answer = await world.cast.ask(who, path.query(world.ids))
    expected_errors = follow(path, who, answer)
    errors = {tuple(error["path"]): error for error in answer.get("errors", [])}
    assert len(errors) == len(answer.get("errors", [])), "one error for each refused field"
    errors = {where: error for where, error in errors.items() if on_the_way(path, where)}
    assert set(errors) == set(expected_errors), answer
    for where, rule in expected_errors.items():
        assert errors[where]["extensions"] == refusal(who, rule)


def refusal(who: str, rule: Rule) -> dict[str, Any]:
    """Return the expected error of a field that a rule refuses."""
    if who == RESTRICTED and not rule.with_tasks:
        return {"code": "TASK_OPEN", "requires": rule.requires, "tasks": ["SET_NEW_PASSWORD"]}
    return {"code": "UNAUTHENTICATED" if who == NOBODY else "FORBIDDEN", "requires": rule.requires}


def on_the_way(path: Path, where: tuple[str | int, ...]) -> bool:
    """Return whether an error concerns the followed items, not their neighbours in a list."""
    followed = [step.index for step in path.steps if step.index is not None]
    passed = [part for part in where if isinstance(part, int)]
    return passed == followed[: len(passed)]


def follow(path: Path, who: str, answer: Answer) -> dict[tuple[str | int, ...], Rule]:
    """Compare the answer along the path with the declared rules; return the expected refusals by path."""
    value: Any = answer["data"]
    parent: GraphQLObjectType = named("Query" if path.operation == "query" else "Mutation")
    subject = about()
    where: tuple[str | int, ...] = ()
    for step in path.steps:
        field = parent.fields[step.field]
        where, value = (*where, step.key), value[step.key]
        rule: Rule | None = field.extensions["rule"]
        if not admitted(rule, who, subject):
            assert value is None, answer
            assert rule is not None
            return {where: rule}
        if step.index is not None:
            where, value = (*where, step.index), value[step.index]
        parent, subject = type_after(path, step), step.subject
        if not admitted(parent.extensions["rule"], who, subject):
            assert value is None, f"{parent.name} is out of reach: {answer}"
            return {}
    return check_fields(parent, who, value, where, subject)


ROOTS = {"Query", "Mutation"}


def type_after(path: Path, step: Step) -> GraphQLObjectType:
    """Return the type after a step."""
    return named(path.type_name) if step is path.steps[-1] else _types_of(path)[path.steps.index(step)]


def _types_of(path: Path) -> list[GraphQLObjectType]:
    types: list[GraphQLObjectType] = []
    type_: Any = named("Query" if path.operation == "query" else "Mutation")
    for step in path.steps:
        type_ = type_.fields[step.field].type
        while not isinstance(type_, GraphQLObjectType) and hasattr(type_, "of_type"):
            type_ = type_.of_type
        types.append(type_)
    return types


def check_fields(
    type_: GraphQLObjectType, who: str, value: Answer, where: tuple[str | int, ...], subject: Any
) -> dict[tuple[str | int, ...], Rule]:
    """Check every field of a reached object; return the refusals among them."""
    assert value is not None, f"{type_.name} should be within reach"
    assert value["__typename"] == type_.name
    refused = {}
    for name, field in type_.fields.items():
        rule: Rule | None = field.extensions["rule"]
        if not admitted(rule, who, subject):
            assert rule is not None
            assert value[name] is None
            refused[*where, name] = rule
        elif isinstance(field.type, GraphQLNonNull) or rule is not None:
            assert value[name] is not None or name in MAY_BE_EMPTY, f"{type_.name}.{name}"
    return refused


MAY_BE_EMPTY = {"phone"}


def test_the_paths_lead_to_every_type_that_has_a_rule() -> None:
    guarded = {
        type_.name
        for type_ in SCHEMA.type_map.values()
        if isinstance(type_, GraphQLObjectType) and DEFINITION in type_.extensions and type_.extensions["rule"]
    }
    public = {
        name for name in guarded if name.endswith(("Connection", "Edge", "Payload", "PageInfo", "Error", "SessionEnd"))
    }
    assert guarded - public == {path.type_name for path in PATHS if not path.type_name.endswith("Connection")}


def call_of(case: MutationCase) -> str:
    """Return a call of a mutation that changes nothing even if it is admitted."""
    given = case.refused or case.done
    written = re.sub(r"%\(\w+\)s", "x", given) if given is not None else None
    arguments = f"(input: {written})" if written is not None else ""
    return f"{case.mutation}{arguments} {{ userErrors {{ code }} }}"


ROOT_CALLS = {
    "me": "me { id }",
    "organization": 'organization(businessId: "9200001-5") { id }',
    "organizations": "organizations { nodes { id } }",
    "services": "services { id }",
    "messageVerify": 'messageVerify(code: "ABCDE-FGHJK-MNPQR") { kind }',
    "service": 'service(code: "EXTRANET") { id }',
    "node": 'node(id: "x") { id }',
    "nodes": "nodes(ids: []) { id }",
} | {name: call_of(case) for name, case in CASES.items()}
ROOT_FIELDS = [
    (operation, name, field.extensions["rule"])
    for operation, root in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type))
    if root is not None
    for name, field in root.fields.items()
]


@pytest.mark.parametrize(("operation", "name", "rule"), ROOT_FIELDS, ids=lambda value: str(value)[:20])
@pytest.mark.parametrize("alias", ["", "x: "])
async def test_root_field_answers_anonymous_callers_as_declared(
    world: World, operation: str, name: str, rule: Rule, alias: str
) -> None:
    answer = await world.cast.ask(NOBODY, f"{operation} {{ {alias}{ROOT_CALLS[name]} __typename }}")
    codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
    assert codes == ([] if admitted(rule, NOBODY, about()) else ["UNAUTHENTICATED"])
    assert answer["data"]["__typename"] in ROOTS
