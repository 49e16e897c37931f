"""A lost role is effective with the person's next request, also over an open socket (ASVS 8.3.2)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, update

from models.db.clock import now
from models.membership import Membership, MembershipStatus, Role
from models.staff import StaffGrant
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of
from tests.server.conftest import signed_in_at
from tests.server.websocket.socket_client import opened

DEMO_OY = '{ organization(businessId: "9200001-5") { memberships { totalCount } legacyCodes { totalCount } } }'
ROUNDS = 5  # requests before and after the loss of the role, to find stale caches


@pytest.fixture
async def cast(url: str, database: Database) -> AsyncIterator[Cast]:
    """Return the cast; the members that these tests use are signed in."""
    async with signed_in_at(url, database, "manager", "administrator", "support") as cast:
        yield cast


async def set_role(database: Database, who: str, role: Role) -> None:
    await _change(database, who, role=role)


async def end_membership(database: Database, who: str) -> None:
    await _change(database, who, status=MembershipStatus.ENDED, ended_at=now())


async def _change(database: Database, who: str, **values: Any) -> None:
    account = await account_of(database, who)
    async with database.sessions.begin() as db:
        own = update(Membership).where(Membership.account_id == account.id)
        await db.execute(own.values(**values))


async def revoke_staff(database: Database, who: str) -> None:
    account = await account_of(database, who)
    async with database.sessions.begin() as db:
        own = update(StaffGrant).where(StaffGrant.account_id == account.id)
        await db.execute(own.values(revoked_at=now()))


def seen(answer: dict[str, Any]) -> tuple[bool, ...]:
    """Return whether the organization, its members and its old codes were in the answer."""
    organization = answer["data"]["organization"]
    if organization is None:
        return False, False, False
    return True, organization["memberships"] is not None, organization["legacyCodes"] is not None


async def test_b84_demoted_administrator_loses_access_on_next_request(cast: Cast, url: str, database: Database) -> None:
    await set_role(database, "manager", Role.ADMINISTRATOR)  # an organization always has one
    async with opened(url) as socket:
        await socket.begin(cast.tokens["administrator"])
        for _ in range(ROUNDS):
            assert seen(await cast.ask("administrator", DEMO_OY)) == (True, True, True)
            assert seen(await socket.ask(DEMO_OY)) == (True, True, True)
            await set_role(database, "administrator", Role.MEMBER)
            assert seen(await socket.ask(DEMO_OY)) == (True, False, False)
            assert seen(await cast.ask("administrator", DEMO_OY)) == (True, False, False)
            await set_role(database, "administrator", Role.ADMINISTRATOR)


async def test_b84_removed_member_loses_organization_on_next_request(cast: Cast, url: str, database: Database) -> None:
    async with opened(url) as socket:
        await socket.begin(cast.tokens["manager"])
        assert seen(await cast.ask("manager", DEMO_OY)) == (True, True, False)
        assert seen(await socket.ask(DEMO_OY)) == (True, True, False)
        await end_membership(database, "manager")
        assert seen(await socket.ask(DEMO_OY)) == (False, False, False)
        assert seen(await cast.ask("manager", DEMO_OY)) == (False, False, False)
    async with database.sessions() as db:
        assert len(list(await db.scalars(select(Membership).where(Membership.status == "ENDED")))) == 1


async def test_b84_revoked_staff_role_loses_access_on_next_request(cast: Cast, url: str, database: Database) -> None:
    async with opened(url) as socket:
        await socket.begin(cast.tokens["support"])
        assert seen(await cast.ask("support", DEMO_OY)) == (True, True, True)
        assert seen(await socket.ask(DEMO_OY)) == (True, True, True)
        await revoke_staff(database, "support")
        assert seen(await socket.ask(DEMO_OY)) == (False, False, False)
        assert seen(await cast.ask("support", DEMO_OY)) == (False, False, False)


async def test_b84_subscription_of_a_removed_member_hides_the_organization(
    cast: Cast, url: str, database: Database
) -> None:
    roles = "subscription { me { version organizations { nodes { name viewerRole } } } }"
    async with opened(url) as socket:
        await socket.begin(cast.tokens["manager"])
        await socket.subscribe(roles)
        before = (await socket.hear())["payload"]["data"]["me"]
        assert [it["viewerRole"] for it in before["organizations"]["nodes"]] == ["USER_MANAGER"]
        await end_membership(database, "manager")
        change = (
            'mutation($v: Int!) { profileUpdate(input: {version: $v, givenName: "Maria"}) { userErrors { code } } }'
        )
        await cast.ask("manager", change, {"v": before["version"]})
        assert (await socket.hear())["payload"]["data"]["me"]["organizations"]["nodes"] == []
