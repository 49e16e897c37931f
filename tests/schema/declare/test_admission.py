"""Root fields whose rule concerns an object named by an argument, called by every member of the cast."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import strawberry
from sqlalchemy import func, select, update
from strawberry import ID

from auth.permissions import OrganizationPermission, StaffPermission
from models.account import Account
from models.membership import Membership
from resolvers.core import global_id
from resolvers.core.context import RequestContext
from schema.build import SCHEMA
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SELF, SIGNED_IN, Rule, RuleDeclarationError, rule
from schema.engine.binding import bind
from schema.types.account import Account as AccountType
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import DEMO, NOBODY, RESTRICTED, Cast
from tests.server.serving import serving
from tests.server.websocket.socket_client import opened

UPDATES = rule(
    organization=OrganizationPermission.ORGANIZATION_UPDATE,
    staff=StaffPermission.LEGACY_CODES_READ,
    at="organizationId",
)
MANAGES = rule(SELF, organization=OrganizationPermission.MEMBERS_UPDATE, at="membershipId")


@strawberry.input
class Place:
    membership_id: ID


@strawberry.input
class ThingInput:
    place: Place
    organization_id: ID


async def _by_organization(organization_id: ID, times: int = 1) -> str:
    return "done" * times


async def _by_membership(membership_id: ID) -> str:
    return "done"


async def _mutation(input: ThingInput) -> str:  # noqa: A002 - the argument's name in the API
    return "done"


def _viewer_account(_row: object, context: RequestContext) -> Any:
    return context.viewer.account


async def _stream(info: Info, organization_id: ID) -> Any:
    for _ in range(2):
        yield "done"


@strawberry.type
class Query:
    me: AccountType | None = computed(_viewer_account, rule=rule(SIGNED_IN, with_tasks=True))
    organization_thing: str | None = strawberry.field(resolver=_by_organization, directives=[UPDATES])
    membership_thing: str | None = strawberry.field(resolver=_by_membership, directives=[MANAGES])


@strawberry.type
class Mutation:
    thing_update: str | None = strawberry.mutation(resolver=_mutation, directives=[UPDATES])
    nested_update: str | None = strawberry.mutation(
        resolver=_mutation, directives=[rule(SELF, organization=MANAGES.organization, at="place.membershipId")]
    )


@strawberry.type
class Subscription:
    organization_things: str | None = strawberry.subscription(resolver=_stream, directives=[UPDATES])


def _schema() -> Any:
    schema = strawberry.Schema(Query, Mutation, Subscription)._schema
    bind(schema)
    return schema


@pytest.fixture(scope="module")
def url(dsn: str, settings: Settings) -> Iterator[str]:
    with serving(create_app(settings, dsn, _schema()), settings) as url:
        yield url


@pytest.fixture
async def ids(cast: Cast, database: Database) -> dict[str, str]:
    """Return global ids of Demo Oy and of the member's membership in it, and ids of no object."""
    async with database.sessions() as db:
        membership = (
            await db.scalars(
                select(Membership).join(Account, Account.id == Membership.account_id).where(Account.email == EMAIL)
            )
        ).one()
    return {
        "Organization": global_id.encode("Organization", membership.organization_id),
        "Membership": global_id.encode("Membership", membership.id),
        "no Organization": global_id.encode("Organization", membership.account_id),
        "no Membership": global_id.encode("Membership", membership.account_id),
    }


EMAIL = "member@demo.example"
DOCUMENTS = {
    "query": 'query {{ organizationThing(organizationId: "{Organization}") }}',
    "query by variable": 'query($id: ID! = "{Organization}") {{ organizationThing(organizationId: $id) }}',
    "mutation": 'mutation {{ thingUpdate(input: {{organizationId: "{Organization}", place: {{membershipId: "x"}}}}) }}',
    "query of a membership": 'query {{ membershipThing(membershipId: "{Membership}") }}',
    "nested": 'mutation {{ nestedUpdate(input: {{organizationId: "x", place: {{membershipId: "{Membership}"}}}}) }}',
}
STAFF = ("support", "operator", "auditor")
MAY = {
    "Organization": {"administrator", *STAFF},
    "Membership": {"member", "manager", "administrator"},
}
# People who may see the object, and so get FORBIDDEN if they lack the permission.
KNOWS = {"Organization": {"member", "manager"}, "Membership": {*STAFF}}


async def ask(url: str, cast: Cast, who: str, document: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {cast.tokens[who]}"} if who in cast.tokens else {}
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        answers = [(await client.post("/graphql", json={"query": document})).json() for _ in range(2)]
    assert answers[0] == answers[1], "compiled at the second time"
    answer: dict[str, Any] = answers[0]
    return answer


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
async def test_admission_of_each_member_of_the_cast(url: str, cast: Cast, ids: dict[str, str], document: str) -> None:
    kind = "Organization" if "{Organization}" in document else "Membership"
    for who in (*DEMO, RESTRICTED, NOBODY):
        answer = await ask(url, cast, who, document.format_map(ids))
        (value,) = answer["data"].values()
        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        if who in MAY[kind]:
            assert (value, codes) == ("done", []), who
        elif who in {NOBODY, RESTRICTED}:
            assert (value, codes) == (None, ["UNAUTHENTICATED" if who == NOBODY else "TASK_OPEN"]), who
        elif who in KNOWS[kind]:
            assert (value, codes) == (None, ["FORBIDDEN"]), who
        else:
            assert answer == await ask(url, cast, who, document.format_map(ids | _nothing(ids))), who
            assert (value, codes) == (None, []), who


def _nothing(ids: dict[str, str]) -> dict[str, str]:
    return {"Organization": ids["no Organization"], "Membership": ids["no Membership"]}


@pytest.mark.parametrize("text", ["", "x", "Membership", "no Membership"])
async def test_admission_id_of_another_kind_finds_nothing(url: str, cast: Cast, ids: dict[str, str], text: str) -> None:
    document = DOCUMENTS["query"].format_map(ids | {"Organization": ids.get(text, text)})
    for who in ("member", "manager"):
        assert await ask(url, cast, who, document) == {"data": {"organizationThing": None}}


async def test_admission_of_an_ended_membership_finds_nothing(
    url: str, cast: Cast, ids: dict[str, str], database: Database
) -> None:
    document = DOCUMENTS["query of a membership"].format_map(ids)
    assert (await ask(url, cast, "administrator", document))["data"]["membershipThing"] == "done"
    identity = global_id.decode(ids["Membership"])
    assert identity is not None
    async with database.sessions.begin() as db:
        ended = update(Membership).where(Membership.id == identity[1])
        await db.execute(ended.values(status="ENDED", ended_at=func.now()))
    assert await ask(url, cast, "administrator", document) == {"data": {"membershipThing": None}}


STREAM = 'subscription {{ organizationThings(organizationId: "{Organization}") }}'


@pytest.mark.parametrize("who", ["administrator", "support", "manager", "consumer", "other-administrator"])
async def test_admission_of_subscriptions(url: str, cast: Cast, ids: dict[str, str], who: str) -> None:
    async with opened(url) as socket:
        await socket.begin(cast.tokens[who])
        await socket.subscribe(STREAM.format_map(ids))
        heard = [await socket.hear()]
        while heard[-1]["type"] != "complete":
            heard.append(await socket.hear())
    payloads = [message["payload"] for message in heard[:-1]]
    if who in MAY["Organization"]:
        assert payloads == [{"data": {"organizationThings": "done"}}] * 2
    elif who == "manager":
        assert [error["extensions"]["code"] for error in payloads[0]["errors"]] == ["FORBIDDEN"]
    else:
        assert payloads == [{"data": {"organizationThings": None}}]


def built(declared: Rule, resolver: Any = _by_organization) -> None:
    field = strawberry.field(resolver=resolver, directives=[declared])
    query = strawberry.type(type("Query", (), {"__annotations__": {"thing": str | None}, "thing": field}))
    bind(strawberry.Schema(query)._schema)


async def _nullable(organization_id: ID | None = None, organization_code: str = "") -> str:
    return "done"


async def _session(session_id: ID, thing_id: ID, customer_number_id: ID, number_id: int) -> str:
    return "done"


def _not_async(organization_id: ID) -> str:
    return "done"


MEMBERS = OrganizationPermission.MEMBERS_UPDATE
REFUSED = {
    "organization without at": (rule(organization=MEMBERS), _by_organization, r"Query\.thing has no row"),
    "self without at": (rule(SELF), _by_organization, r"Query\.thing has no row"),
    "no such argument": (rule(organization=MEMBERS, at="membershipId"), _by_organization, "must name an argument"),
    "nullable argument": (rule(organization=MEMBERS, at="organizationId"), _nullable, "non-null"),
    "not an id": (rule(organization=MEMBERS, at="organizationCode"), _nullable, "named after a kind of object"),
    "kind without organization": (rule(organization=MEMBERS, at="sessionId"), _session, "with organization_id"),
    "kind without person": (rule(SELF, at="customerNumberId"), _session, "with account_id"),
    "no kind": (rule(SELF, at="thingId"), _session, "named after a kind of object"),
    "everybody": (rule(SIGNED_IN, at="organizationId"), _by_organization, "takes no `at`"),
    "public": (rule(PUBLIC, at="organizationId"), _by_organization, "takes no `at`"),
    "not a coroutine": (rule(organization=MEMBERS, at="organizationId"), _not_async, "coroutine function"),
}


@pytest.mark.parametrize("which", REFUSED)
def test_impossible_rule_of_a_root_field_is_not_built(which: str) -> None:
    declared, resolver, message = REFUSED[which]
    with pytest.raises(RuleDeclarationError, match=message):
        built(declared, resolver)


def test_rule_with_at_on_a_type_or_its_field_is_not_built() -> None:
    inner = strawberry.type(type("Inner", (), {"__annotations__": {"name": str}}), directives=[UPDATES])
    query = strawberry.type(
        type("Query", (), {"__annotations__": {"thing": inner | None}, "thing": computed(_none, rule=rule(PUBLIC))})
    )
    with pytest.raises(RuleDeclarationError, match="type Inner has rows"):
        bind(strawberry.Schema(query)._schema)


def _none(_row: object, _context: object) -> None:
    return None


def test_every_root_field_about_an_object_names_it() -> None:
    for root in (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type):
        assert root is not None
        for name, field in root.fields.items():
            declared: Rule = field.extensions["rule"]
            assert bool(declared.columns) <= bool(declared.at), name
            assert ("admission" in field.extensions) == bool(declared.at), name
