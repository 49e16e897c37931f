"""Demo cast: one person of each kind, complete and usable, created once."""

import httpx
import pytest
from sqlalchemy import func, select
from stdnum.fi import ytunnus

from models.account import Account
from models.audit import AuditEntry
from models.db.clock import now
from models.membership import Role
from models.staff import StaffRole
from server.db.database import Database
from tests.cast import Cast
from usecases.demo import CROWD, ORGANIZATIONS, PEOPLE, demo_cast_present, load_demo_cast

ME = "{ me { displayName language tasks { kind } organizations { nodes { name viewerRole } } } }"


@pytest.fixture
async def cast(client: httpx.AsyncClient, database: Database) -> Cast:
    """Return the whole demo cast, nobody of whom has signed in yet."""
    async with database.sessions.begin() as db:
        assert not await demo_cast_present(db)
        assert await load_demo_cast(db, now=now())
    return Cast(client)


async def test_everyone_signs_in_with_the_printed_password(cast: Cast) -> None:
    for who, person in PEOPLE.items():
        await cast.sign_in(who)
        me = (await cast.ask(who, ME))["data"]["me"]
        assert (me["displayName"], me["language"]) == (person.display_name, person.language.name)
        assert [task["kind"] for task in me["tasks"]] == list(person.tasks)
        if person.tasks:
            assert me["organizations"] is None, "until it is done"
            continue
        roles = {node["name"]: node["viewerRole"] for node in me["organizations"]["nodes"]}
        assert roles == {it.name: it.members[who].value for it in ORGANIZATIONS if who in it.members}


async def test_the_crowd_cannot_sign_in(cast: Cast, database: Database) -> None:
    async with database.sessions() as db:
        without = select(func.count()).select_from(Account).where(Account.password_hash.is_(None))
        assert await db.scalar(without) == len(CROWD)


async def test_each_organization_has_members_and_an_effective_administrator(cast: Cast) -> None:
    query = """query($id: String) { organization(businessId: $id) { name status services { code }
      administrators { nodes { displayName } } memberships { totalCount } customerNumbers { nodes { number } } } }"""
    await cast.sign_in("support")
    for wanted in ORGANIZATIONS:
        found = (await cast.ask("support", query, {"id": wanted.business_id}))["data"]["organization"]
        administrators = [
            PEOPLE[who].display_name for who, role in wanted.members.items() if role is Role.ADMINISTRATOR
        ]
        assert (found["name"], found["status"]) == (wanted.name, "ACTIVE")
        assert [person["displayName"] for person in found["administrators"]["nodes"]] == administrators != []
        assert found["memberships"]["totalCount"] == len(wanted.members)
        assert [node["number"] for node in found["customerNumbers"]["nodes"]] == list(wanted.customer_numbers)
        assert found["services"]


async def test_loading_again_changes_nothing(cast: Cast, database: Database) -> None:
    async with database.sessions.begin() as db:
        before = await db.scalar(select(func.count()).select_from(Account))
        assert await demo_cast_present(db)
        assert not await load_demo_cast(db, now=now())
        assert await db.scalar(select(func.count()).select_from(Account)) == before == len(PEOPLE | CROWD)


async def test_demo_cast_is_audited_once_by_name(cast: Cast, database: Database) -> None:
    async with database.sessions() as db:
        (entry,) = await db.scalars(select(AuditEntry))
    assert (entry.action, entry.actor_name, entry.actor_id) == ("demo.load", "demo", None)
    assert entry.changes == {"accounts": len(PEOPLE | CROWD), "organizations": len(ORGANIZATIONS)}


def test_demo_cast_has_one_person_of_each_kind() -> None:
    roles = {role for organization in ORGANIZATIONS for role in organization.members.values()}
    staff_roles = {role for person in PEOPLE.values() for role in person.staff_roles}
    assert (roles, staff_roles) == (set(Role), set(StaffRole))
    assert any(person.tasks for person in PEOPLE.values()), "so that a restricted session is seen"
    assert "consumer" not in {who for organization in ORGANIZATIONS for who in organization.members}
    assert max(len(organization.members) for organization in ORGANIZATIONS) > 200, "so that paging is seen"


@pytest.mark.parametrize("organization", ORGANIZATIONS, ids=lambda organization: organization.name)
def test_the_business_ids_are_valid_ones(organization: object) -> None:
    assert ytunnus.is_valid(organization.business_id)  # type: ignore[attr-defined] # ids= hides the type
