"""Staff roles: granted to active accounts only, once, with granter and date, effective at the next request."""

import asyncio

import pytest
from sqlalchemy import select, update

from models.account import Account, AccountStatus
from models.audit import AuditEntry
from models.db.clock import now
from models.staff import StaffGrant, StaffRole
from server.db.database import Database
from tests.cast import Cast
from usecases.account.staff import grant_staff_role
from usecases.audit.audit_record import Actor
from usecases.refusal import RefusalCode, RefusedError

ACTOR = Actor(name="command line: tester")
MEMBER = "member@demo.example"


async def grant(database: Database, email_key: str = MEMBER, role: StaffRole = StaffRole.SUPPORT) -> bool:
    async with database.sessions.begin() as db:
        return await grant_staff_role(db, ACTOR, email_key, role, now=now())


async def set_status(database: Database, email_key: str, status: AccountStatus) -> None:
    async with database.sessions.begin() as db:
        await db.execute(update(Account).where(Account.email_key == email_key).values(status=status))


async def entries(database: Database) -> list[AuditEntry]:
    async with database.sessions() as db:
        return list(await db.scalars(select(AuditEntry).where(AuditEntry.action == "staff.grant")))


async def test_granted_role_takes_effect_at_the_next_request(cast: Cast, database: Database) -> None:
    everything = "{ organizations { totalCount } }"
    assert (await cast.ask("member", everything))["data"]["organizations"]["totalCount"] == 1
    assert await grant(database)
    assert (await cast.ask("member", everything))["data"]["organizations"]["totalCount"] == 2


async def test_b84_revoked_role_is_gone_at_the_next_request(cast: Cast, database: Database) -> None:
    async with database.sessions.begin() as db:
        await db.execute(update(StaffGrant).values(revoked_at=StaffGrant.granted_at))
    assert (await cast.ask("support", "{ organizations { totalCount } }"))["data"]["organizations"]["totalCount"] == 0
    assert await grant(database, "support@demo.example"), "and it can be granted again"


async def test_a_role_held_already_is_not_given_twice(cast: Cast, database: Database) -> None:
    assert [await grant(database) for _ in range(3)] == [True, False, False]
    assert await grant(database, role=StaffRole.AUDITOR), "another role is another grant"
    assert len(await entries(database)) == 2


async def test_two_grants_at_the_same_instant_grant_once(cast: Cast, database: Database) -> None:
    barrier = asyncio.Barrier(4)

    async def rival(role: StaffRole) -> bool:
        await barrier.wait()
        return await grant(database, role=role)

    for role in StaffRole:
        assert sorted(await asyncio.gather(*(rival(role) for _ in range(4)))) == [False, False, False, True]
    assert len(await entries(database)) == len(StaffRole)


@pytest.mark.parametrize("status", [AccountStatus.SUSPENDED, AccountStatus.CLOSED, None])
async def test_only_an_active_account_gets_a_role(cast: Cast, database: Database, status: AccountStatus | None) -> None:
    if status is not None:
        await set_status(database, "consumer@demo.example", status)
    with pytest.raises(RefusedError) as refused:
        await grant(database, "consumer@demo.example" if status else "unknown@demo.example")
    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.text, refusal.field) == (RefusalCode.NOT_FOUND, "ACCOUNT_NOT_FOUND", ("email",))
    assert await entries(database) == []


async def test_grant_is_audited_with_actor_and_subject(cast: Cast, database: Database) -> None:
    await grant(database)
    (entry,) = await entries(database)
    async with database.sessions() as db:
        member = (await db.scalars(select(Account).where(Account.email_key == MEMBER))).one()
        given = (await db.scalars(select(StaffGrant).where(StaffGrant.account_id == member.id))).one()
    assert (entry.actor_name, entry.subject_id, entry.changes) == (ACTOR.name, member.id, {"role": "SUPPORT"})
    assert (given.role, given.granted_by, given.revoked_at) == (StaffRole.SUPPORT, ACTOR.name, None)
