"""Capabilities say beforehand what mutations answer, to the whole cast in fresh, stale and restricted sessions."""

from dataclasses import dataclass
from typing import Any

import pytest
from graphql import GraphQLObjectType
from sqlalchemy import select

from auth.policies.reason import ANSWERED_BY_RULES, Reason
from models.account import Account
from models.db.clock import now
from models.task import TaskKind
from resolvers.core import global_id
from schema.build import SCHEMA
from schema.declare.capability import Capability
from schema.declare.fields import DEFINITION, declaration_of
from server.db.database import Database
from tests.cast import DEMO, EVERYBODY, Cast
from tests.schema.mutations.account.closing import let_reauthentication_age, organization_id
from usecases.account.task import open_task
from usecases.refusal import RefusalCode

# By type: the query that finds the object which a mutation without an id, or with this one's, is about.
OBJECTS = {
    "Account": "{ object: me { id %s } }",
    "Session": "{ me { sessions(last: 1) { nodes { id %s } } } }",
    "Organization": '{ object: organization(businessId: "9200001-5") { id %s } }',
}

# By mutation: an input that is in order; None if it needs none.
INPUTS = {
    "profileUpdate": '{version: 1, displayName: "Uusi Nimi"}',
    "passwordChange": '{newPassword: "kolme uutta sanaa peräkkäin"}',
    "emailChangeRequest": '{email: "uusi@osoite.example"}',
    "accountExport": None,
    "accountClose": None,
    "sessionRevoke": '{id: "%(Session)s"}',
    "organizationUpdate": '{organizationId: "%(Organization)s", version: 1, contactPhone: "040 123 4567"}',
}


@dataclass(frozen=True)
class Pair:
    """The two fields of a capability."""

    type: str
    can: str
    reasons: str

    @property
    def selection(self) -> str:
        return f"can: {self.can} reasons: {self.reasons}"


def declared() -> dict[str, Pair]:
    """Return the capabilities of the schema by their mutations."""
    found: dict[str, dict[bool, tuple[str, str]]] = {}
    for type_ in SCHEMA.type_map.values():
        fields = type_.fields if isinstance(type_, GraphQLObjectType) else {}
        for name, field in fields.items():
            declaration = declaration_of(field.extensions[DEFINITION]) if DEFINITION in field.extensions else None
            if isinstance(declaration, Capability):
                found.setdefault(declaration.mutation, {})[declaration.tells_reasons] = (type_.name, name)
    return {mutation: Pair(*fields[False], fields[True][1]) for mutation, fields in found.items()}


CAPABILITIES = declared()


async def with_task(database: Database) -> None:
    """Restrict every session, by a task that its person must do first."""
    async with database.sessions.begin() as db:
        for account_id in await db.scalars(select(Account.id)):
            await open_task(db, account_id, TaskKind.CHOOSE_OWN_EMAIL, now())


async def fresh(_database: Database) -> None:
    """Leave the sessions as they were opened: a sign-in proves the password."""


async def stale_with_task(database: Database) -> None:
    await let_reauthentication_age(database)
    await with_task(database)


STATES = {"fresh": fresh, "stale": let_reauthentication_age, "restricted": with_task, "both": stale_with_task}


def test_every_capability_has_an_input_for_its_mutation() -> None:
    assert INPUTS.keys() == CAPABILITIES.keys()


def test_every_reason_is_a_code_of_rules_or_mutations() -> None:
    assert {reason.value for reason in Reason if reason not in ANSWERED_BY_RULES} <= set(RefusalCode)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("mutation", INPUTS)
async def test_capability_of_everybody_is_what_the_mutation_answers(
    cast: Cast, database: Database, mutation: str, state: str
) -> None:
    await STATES[state](database)
    organization = global_id.encode("Organization", await organization_id(database))
    for who in EVERYBODY:
        told, identity = await capability(cast, who, mutation)
        answered = await call(cast, who, mutation, {"Organization": organization, "Session": identity})
        assert answered == told, who


async def test_revocation_of_an_ended_session_is_what_it_said(cast: Cast) -> None:
    query = "query($id: ID!) { object: node(id: $id) { ... on Session { %s } } }"
    for who in DEMO:
        _, former = await capability(cast, who, "sessionRevoke")
        await cast.sign_in(who)
        assert await call(cast, who, "sessionRevoke", {"Session": former}) == []
        answer = await cast.ask(who, query % CAPABILITIES["sessionRevoke"].selection, {"id": former})
        assert answer["data"]["object"] == {"can": False, "reasons": ["NOT_FOUND"]}
        assert await call(cast, who, "sessionRevoke", {"Session": former}) == ["NOT_FOUND"]


@pytest.mark.parametrize("mutation", [name for name, pair in CAPABILITIES.items() if pair.type == "Account"])
async def test_capabilities_of_another_account_are_forbidden_to_staff(cast: Cast, mutation: str) -> None:
    selection = CAPABILITIES[mutation].selection
    query = f"query($id: ID!) {{ object: node(id: $id) {{ ... on Account {{ {selection} }} }} }}"
    for who in ("support", "auditor"):
        for of in ("consumer", "administrator"):
            answer = await cast.ask(who, query, {"id": cast.ids[of]})
            assert answer["data"]["object"] == {"can": False, "reasons": ["FORBIDDEN"]}, (who, of)


async def capability(cast: Cast, who: str, mutation: str) -> tuple[list[str], str]:
    """Return the reasons that one of the cast is told, and the object's id; an error of the query tells its code."""
    pair = CAPABILITIES[mutation]
    answer = await cast.ask(who, OBJECTS[pair.type] % pair.selection)
    if "errors" in answer:
        return [error["extensions"]["code"] for error in answer["errors"]], "x"
    data = answer["data"]
    found = data["object"] if "object" in data else data["me"]["sessions"]["nodes"][0]
    if found is None:
        return ["NOT_FOUND"], "x"
    assert found["can"] is (found["reasons"] == []), found
    return found["reasons"], found["id"]


async def call(cast: Cast, who: str, mutation: str, ids: dict[str, str]) -> list[str]:
    """Return the codes of the answer's errors of either kind; none means that it was done."""
    given = INPUTS[mutation]
    arguments = f"(input: {given % ids})" if given is not None else ""
    answer = await cast.ask(who, f"mutation {{ {mutation}{arguments} {{ userErrors {{ code }} }} }}")
    if "errors" in answer:
        return [error["extensions"]["code"] for error in answer["errors"]]
    payload: dict[str, Any] = answer["data"][mutation]
    return [error["code"] for error in payload["userErrors"]]
