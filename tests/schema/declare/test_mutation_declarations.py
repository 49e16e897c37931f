"""Mutations made of declarations: impossible declarations, and the steps around a use case."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import strawberry
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette
from strawberry.types.base import get_object_definition

from auth.permissions import OrganizationPermission, StaffPermission
from models.audit import AuditEntry
from models.membership import Membership
from models.organization import Organization
from resolvers.core import global_id
from resolvers.core.mutation_call import MutationCall
from schema.declare.fields import computed
from schema.declare.mutation import Mutation, MutationDeclarationError
from schema.declare.payload import idempotency_key, input_type, payload_type, returned
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.engine.binding import bind
from schema.types.user_error import USER_ERRORS
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, until_somebody_waits_for_a_lock
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.locks import lock_account
from usecases.organization.acting import no_accounts
from usecases.refusal import Refusal, RefusalCode, RefusedError

ATTEMPTS: list[str] = []


@input_type
class ThingInput:
    """A new name of a thing."""

    organization_id: strawberry.ID
    name: str


@input_type
class TroubleInput:
    """Failures to cause, and the code of the refusal that follows."""

    state: str
    times: int
    code: str | None = None


@input_type
class EndInput:
    """The membership to end."""

    membership_id: strawberry.ID


@input_type
class CreateInput:
    """A thing to create."""

    name: str
    idempotency_key: str | None = idempotency_key()


@payload_type
class ThingPayload:
    """The thing that was changed."""

    name: str | None = returned(str)


async def rename(db: AsyncSession, actor: Actor, organization: Organization, name: str) -> str:
    organization.name = name
    write_audit(db, actor, AuditRecord(Action.PROFILE_UPDATE, organization_id=organization.id))
    await db.flush()
    return name


async def trouble(db: AsyncSession, actor: Actor, state: str, times: int, code: str | None) -> str:
    ATTEMPTS.append(state)
    write_audit(db, actor, AuditRecord(Action.PROFILE_UPDATE, actor.viewer.account_id))
    await db.flush()
    if len(ATTEMPTS) <= times:
        await db.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '{state}'; END $$"))
    if code is not None:
        raise RefusedError([Refusal(RefusalCode(code), "REQUIRED", ("times",))])
    return state


async def create(db: AsyncSession, actor: Actor, name: str) -> UUID:
    write_audit(db, actor, AuditRecord(Action.PROFILE_UPDATE, actor.viewer.account_id))
    await db.flush()
    return uuid4()


async def end(db: AsyncSession, actor: Actor, organization: Organization, membership_id: UUID) -> str:
    membership = await db.get_one(Membership, membership_id)
    await lock_account(db, membership.account_id)
    write_audit(db, actor, AuditRecord(Action.PROFILE_UPDATE, membership.account_id, organization.id))
    await db.flush()
    return f"{organization.name} {membership.role}"


async def account_of_membership(db: AsyncSession, membership_id: UUID) -> list[UUID]:
    return [(await db.get_one(Membership, membership_id)).account_id]


thing_end = Mutation(
    input=EndInput,
    payload=ThingPayload,
    rule=rule(organization=OrganizationPermission.MEMBERS_UPDATE, at="membershipId"),
    action=Action.PROFILE_UPDATE,
    locks=account_of_membership,
    use_case=end,
    description="End a thing.",
)
thing_create = Mutation(
    input=CreateInput,
    payload=ThingPayload,
    rule=rule(SIGNED_IN),
    action=Action.PROFILE_UPDATE,
    use_case=create,
    description="Create a thing.",
)
thing_rename = Mutation(
    input=ThingInput,
    payload=ThingPayload,
    rule=rule(
        organization=OrganizationPermission.ORGANIZATION_UPDATE,
        staff=StaffPermission.ORGANIZATIONS_READ,
        at="organizationId",
    ),
    action=Action.PROFILE_UPDATE,
    locks=no_accounts,
    use_case=rename,
    description="Rename a thing.",
)
trouble_make = Mutation(
    input=TroubleInput,
    payload=ThingPayload,
    rule=rule(SIGNED_IN),
    action=Action.PROFILE_UPDATE,
    refuses={RefusalCode.INVALID},
    use_case=trouble,
    description="Get into trouble.",
)


@strawberry.type
class Query:
    nothing: str | None = computed(lambda _row, _context: "nothing", rule=rule(PUBLIC))


def _schema() -> Any:
    declared = {
        "thing_end": thing_end,
        "thing_create": thing_create,
        "thing_rename": thing_rename,
        "trouble_make": trouble_make,
    }
    annotations = dict.fromkeys(declared, ThingPayload | None)
    fields = {name: declaration.field(name) for name, declaration in declared.items()}
    mutation = strawberry.type(type("Mutation", (), {"__annotations__": annotations, **fields}))
    schema = strawberry.Schema(Query, mutation, types=USER_ERRORS)._schema
    bind(schema)
    return schema


@pytest.fixture(scope="module")
async def things(dsn: str, settings: Settings) -> AsyncIterator[Starlette]:
    application = create_app(settings, dsn, _schema())
    async with application.router.lifespan_context(application):
        yield application


async def ask(things: Starlette, cast: Cast, who: str, mutation: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {cast.tokens[who]}", "Accept-Language": "en"}
    transport = httpx.ASGITransport(things)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
        query = f"mutation {{ {mutation} {{ name userErrors {{ code field message }} }} }}"
        answer: dict[str, Any] = (await client.post("/graphql", json={"query": query})).json()
    return answer


async def demo(database: Database) -> Organization:
    async with database.sessions() as db:
        return (await db.scalars(select(Organization).where(Organization.identifier == "9200001-5"))).one()


def renaming(organization: Organization) -> str:
    identity = global_id.encode("Organization", organization.id)
    return f'thingRename(input: {{organizationId: "{identity}", name: "Uusi Oy"}})'


async def ending(database: Database) -> str:
    member = (await account_of(database, "member")).id
    async with database.sessions() as db:
        membership = (await db.scalars(select(Membership.id).where(Membership.account_id == member))).one()
    return f'thingEnd(input: {{membershipId: "{global_id.encode("Membership", membership)}"}})'


async def entries(database: Database, who: str) -> list[AuditEntry]:
    actor = (await account_of(database, who)).id
    async with database.sessions() as db:
        found = select(AuditEntry).where(AuditEntry.action == Action.PROFILE_UPDATE, AuditEntry.actor_id == actor)
        return list(await db.scalars(found.order_by(AuditEntry.id)))


@pytest.mark.parametrize("who", ["administrator", "auditor"])
async def test_use_case_gets_the_locked_organization(
    things: Starlette, cast: Cast, database: Database, who: str
) -> None:
    organization = await demo(database)
    answer = await ask(things, cast, who, renaming(organization))
    assert answer == {"data": {"thingRename": {"name": "Uusi Oy", "userErrors": []}}}
    assert (await demo(database)).name == "Uusi Oy"


async def test_stranger_gets_the_not_found_of_a_free_id(things: Starlette, cast: Cast, database: Database) -> None:
    organization = await demo(database)
    answer = await ask(things, cast, "other-administrator", renaming(organization))
    payload = answer["data"]["thingRename"]
    assert "errors" not in answer
    (error,) = payload["userErrors"]
    assert (payload["name"], error["code"], error["field"]) == (None, "NOT_FOUND", ["input", "organizationId"])
    organization.id = (await account_of(database, "member")).id
    for who in ("other-administrator", "administrator", "auditor"):
        assert (await ask(things, cast, who, renaming(organization)))["data"]["thingRename"] == payload, who
    (entry,) = (await entries(database, "other-administrator"))[:1]
    assert (entry.result, entry.organization_id, entry.changes) == (
        "REFUSED",
        None,
        {"reasons": ["NOT_FOUND organization_id"]},
    )


async def test_object_of_an_organization_leads_to_its_lock(things: Starlette, cast: Cast, database: Database) -> None:
    call = await ending(database)
    assert (await ask(things, cast, "manager", call))["data"]["thingEnd"]["name"] == "Demo Oy MEMBER"
    (error,) = (await ask(things, cast, "other-administrator", call))["data"]["thingEnd"]["userErrors"]
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["input", "membershipId"])
    assert _codes(await ask(things, cast, "member", call)) == ["FORBIDDEN"], "their own, which they know of"


async def test_accounts_are_locked_before_the_organization(
    things: Starlette, cast: Cast, database: Database, dsn: str
) -> None:
    member, organization = (await account_of(database, "member")).id, await demo(database)
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE", member)
            asked = asyncio.create_task(ask(things, cast, "manager", await ending(database)))
            await until_somebody_waits_for_a_lock(connection)
            await connection.execute("SELECT 1 FROM organizations WHERE id = $1 FOR UPDATE NOWAIT", organization.id)
        assert (await asked)["data"]["thingEnd"]["userErrors"] == []
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "memberships SET role = 'USER_MANAGER' WHERE account_id",
        "memberships SET status = 'ENDED', ended_at = now() WHERE account_id",
        "accounts SET status = 'SUSPENDED' WHERE id",
    ],
)
async def test_role_lost_between_request_and_transaction_is_refused(
    things: Starlette, cast: Cast, database: Database, dsn: str, change: str
) -> None:
    organization = await demo(database)
    member = (await account_of(database, "member")).id
    async with database.sessions.begin() as db:  # a second administrator
        await db.execute(text(f"UPDATE memberships SET role = 'ADMINISTRATOR' WHERE account_id = '{member}'"))
    administrator = (await account_of(database, "administrator")).id
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM organizations WHERE id = $1 FOR UPDATE", organization.id)
            asked = asyncio.create_task(ask(things, cast, "administrator", renaming(organization)))
            await until_somebody_waits_for_a_lock(connection)
            await connection.execute(f"UPDATE {change} = $1", administrator)
        answer = await asked
    finally:
        await connection.close()
    if "USER_MANAGER" in change:
        assert (answer["data"]["thingRename"], _codes(answer)) == (None, ["FORBIDDEN"])
    else:
        assert [error["code"] for error in answer["data"]["thingRename"]["userErrors"]] == ["NOT_FOUND"]
    assert (await demo(database)).name == "Demo Oy"
    async with database.sessions() as db:
        roles = select(Membership.role).where(Membership.account_id == administrator)
        assert len((await db.scalars(roles)).all()) == 1


def _codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


@pytest.mark.parametrize("state", ["40P01", "40001"])
async def test_transaction_in_the_way_of_others_is_answered_as_retryable(
    things: Starlette, cast: Cast, database: Database, state: str
) -> None:
    ATTEMPTS.clear()
    call = f'troubleMake(input: {{state: "{state}", times: 1}})'
    assert _codes(await ask(things, cast, "member", call)) == ["UNAVAILABLE"]
    assert await entries(database, "member") == []
    assert await ask(things, cast, "member", call) == {"data": {"troubleMake": {"name": state, "userErrors": []}}}
    assert [entry.result for entry in await entries(database, "member")] == ["DONE"]


async def test_refusal_is_recorded_alone_and_its_field_is_below_input(
    things: Starlette, cast: Cast, database: Database
) -> None:
    ATTEMPTS.clear()
    answer = await ask(things, cast, "member", 'troubleMake(input: {state: "x", times: 0, code: "INVALID"})')
    (error,) = answer["data"]["troubleMake"]["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID", ["input", "times"])
    (entry,) = await entries(database, "member")
    assert (entry.result, entry.subject_id, entry.changes) == (
        "REFUSED",
        (await account_of(database, "member")).id,
        {"reasons": ["INVALID times"]},
    )


async def test_refusal_with_an_undeclared_code_is_a_fault(things: Starlette, cast: Cast, database: Database) -> None:
    ATTEMPTS.clear()
    answer = await ask(things, cast, "member", 'troubleMake(input: {state: "x", times: 0, code: "CONFLICT"})')
    assert _codes(answer) == ["INTERNAL"]
    assert await entries(database, "member") == []


async def test_result_is_kept_with_its_type_under_an_idempotency_key(
    things: Starlette, cast: Cast, database: Database
) -> None:
    call = f'thingCreate(input: {{name: "x", idempotencyKey: "{uuid4()}"}})'
    first, again = [await ask(things, cast, "member", call) for _ in range(2)]
    assert UUID(first["data"]["thingCreate"]["name"])
    assert again == first
    assert len(await entries(database, "member")) == 1


async def _without_input(call: MutationCall) -> None: ...


async def _other_fields(db: AsyncSession, actor: Actor, name: str, colour: str) -> None: ...


async def _other_types(call: MutationCall, organization_id: str, name: int) -> None: ...


RENAMING = {"input": ThingInput, "use_case": rename, "rule": thing_rename.rule}
BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "neither": ({}, "declare either `use_case` or `resolve`"),
    "both": ({"use_case": _other_fields, "resolve": _without_input}, "declare either `use_case` or `resolve`"),
    "field not taken": ({"input": ThingInput, "resolve": _without_input}, r"takes \[\]"),
    "other types": ({"input": ThingInput, "resolve": _other_types}, "name is <class 'str'> in the input"),
    "other fields": ({"input": ThingInput, "use_case": _other_fields}, r"takes \['colour', 'name'\]"),
    "organization without locks": (RENAMING, "goes with `locks`"),
    "locks alone": ({"input": CreateInput, "use_case": create, "locks": no_accounts}, "goes with `locks`"),
    "locks by other fields": (RENAMING | {"locks": account_of_membership}, r"`locks` takes \['membership_id'\]"),
}


@pytest.mark.parametrize("which", BROKEN)
def test_declaration_that_contradicts_itself_is_not_built(which: str) -> None:
    declared, message = BROKEN[which]
    whole: dict[str, Any] = {"rule": rule(PUBLIC), "action": Action.PROFILE_UPDATE} | declared
    broken = Mutation(payload=ThingPayload, description="Nothing.", **whole)
    with pytest.raises(MutationDeclarationError, match=message):
        broken.field("thing_break")


def test_docstring_is_the_description() -> None:
    for made in (ThingInput, ThingPayload):
        definition = get_object_definition(made, strict=True)
        assert definition.description == made.__doc__
