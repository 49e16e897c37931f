"""Open tasks: they restrict all roles and sessions to the person's own details and the remedy."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from models.account import Account
from models.db.clock import now
from models.membership import Membership, MembershipStatus, Role
from models.organization import Organization
from models.task import Task, TaskKind
from server.db.database import Database
from tests.cast import RESTRICTED, Cast
from tests.schema.asking import account_of, cookie_of, post, token_of
from usecases.account.task import complete_task, open_task

TASKS = "{ me { displayName email tasks { kind openedAt } viewerCanUpdate viewerCannotUpdateReasons } }"
DEMO_OY = '{ organization(businessId: "9200001-5") { name } }'


async def give(database: Database, who: str, *kinds: TaskKind) -> None:
    """Give one of the cast tasks."""
    account_id = (await account_of(database, who)).id
    async with database.sessions.begin() as db:
        for kind in kinds:
            await open_task(db, account_id, kind, now())


async def complete(database: Database, who: str, kind: TaskKind) -> bool:
    """Complete a task of one of the cast."""
    account_id = (await account_of(database, who)).id
    async with database.sessions.begin() as db:
        return await complete_task(db, account_id, kind, now())


async def refusal_of(cast: Cast, who: str, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the one error that a query gets."""
    (error,) = (await cast.ask(who, query, variables))["errors"]
    found: dict[str, Any] = error
    return found


async def test_person_with_a_task_sees_their_details_and_tasks(cast: Cast, database: Database) -> None:
    await give(database, RESTRICTED, TaskKind.CHOOSE_OWN_EMAIL)
    me = (await cast.ask(RESTRICTED, TASKS))["data"]["me"]
    assert (me["displayName"], me["email"]) == ("Reetta Rajattu", "restricted@demo.example")
    assert [task["kind"] for task in me["tasks"]] == ["SET_NEW_PASSWORD", "CHOOSE_OWN_EMAIL"]
    assert all(datetime.fromisoformat(task["openedAt"]) for task in me["tasks"])
    assert (me["viewerCanUpdate"], me["viewerCannotUpdateReasons"]) == (False, ["TASK_OPEN"])


REFUSED = {
    "another's": DEMO_OY,
    "a list": "{ organizations { nodes { id } } }",
    "own account by id": "{ node(id: $own) { id } }",
    "several": "{ nodes(ids: [$own]) { id } }",
    "own memberships": "{ me { memberships { nodes { id } } } }",
    "own organizations": "{ me { organizations { nodes { id } } } }",
    "own old codes": "{ me { legacyCodes { nodes { id } } } }",
    "own details": 'mutation { profileUpdate(input: {version: 1, phone: "0401234567"}) { account { phone } } }',
}


@pytest.mark.parametrize("what", REFUSED)
async def test_everything_else_is_refused_with_the_tasks_named(cast: Cast, database: Database, what: str) -> None:
    query = REFUSED[what]
    if "$own" in query:
        error = await refusal_of(cast, RESTRICTED, f"query($own: ID!) {query}", {"own": cast.ids[RESTRICTED]})
    else:
        error = await refusal_of(cast, RESTRICTED, query)
    assert error["extensions"]["code"] == "TASK_OPEN"
    assert error["extensions"]["tasks"] == ["SET_NEW_PASSWORD"]
    assert "SET_NEW_PASSWORD" in error["message"]
    account = await account_of(database, RESTRICTED)
    assert (account.version, account.phone) == (1, None), "nothing was changed"


async def test_siblings_of_what_is_refused_are_answered(cast: Cast) -> None:
    query = f"{{ services {{ code }} me {{ email memberships {{ totalCount }} }} {DEMO_OY[1:-1]} }}"
    answer = await cast.ask(RESTRICTED, query)
    assert answer["data"]["services"]
    assert answer["data"]["me"] == {"email": "restricted@demo.example", "memberships": None}
    assert answer["data"]["organization"] is None
    assert [error["path"] for error in answer["errors"]] == [["me", "memberships"], ["organization"]]


@pytest.mark.parametrize("compiled", [False, True])
async def test_administrator_with_a_task_loses_access_on_next_request(
    cast: Cast, database: Database, compiled: bool
) -> None:
    for _ in range(2 * compiled):  # a repeated query is answered by compiled code
        assert (await cast.ask("administrator", DEMO_OY))["data"]["organization"] == {"name": "Demo Oy"}
    await give(database, "administrator", TaskKind.CONFIRM_EMAIL)
    error = await refusal_of(cast, "administrator", DEMO_OY)
    assert error["extensions"] == {"code": "TASK_OPEN", "requires": ["SIGNED_IN"], "tasks": ["CONFIRM_EMAIL"]}
    assert await complete(database, "administrator", TaskKind.CONFIRM_EMAIL)
    assert (await cast.ask("administrator", DEMO_OY))["data"]["organization"] == {"name": "Demo Oy"}


@pytest.mark.parametrize("compiled", [False, True])
async def test_a_mutations_payload_shows_no_more_than_a_query(cast: Cast, database: Database, compiled: bool) -> None:
    await give(database, "administrator", TaskKind.CONFIRM_EMAIL)
    payload = "account { email memberships { nodes { id } } organizations { nodes { id } } }"
    sign_in = f"""mutation {{ signIn(input: {{email: "administrator@demo.example",
      password: "demo-password-for-everyone", transport: TOKEN}}) {{ {payload} }} }}"""
    for _ in range(1 + compiled):
        answer = await cast.ask("nobody", sign_in)
    account = answer["data"]["signIn"]["account"]
    assert account == {"email": "administrator@demo.example", "memberships": None, "organizations": None}
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"TASK_OPEN"}


async def test_task_restricts_every_session_of_its_person_only(cast: Cast, database: Database) -> None:
    sessions = [await token_of(cast.client, "member"), await cookie_of(cast.client, "member")]
    await give(database, "member", TaskKind.CONFIRM_MEMBERSHIP)
    for headers in (*sessions, await token_of(cast.client, "member")):
        (error,) = (await post(cast.client, DEMO_OY, headers=headers)).json()["errors"]
        assert error["extensions"]["code"] == "TASK_OPEN"
    assert "errors" not in await cast.ask("manager", DEMO_OY)


async def test_the_last_task_done_opens_everything(cast: Cast, database: Database) -> None:
    await give(database, "member", TaskKind.CONFIRM_EMAIL, TaskKind.SET_NEW_PASSWORD)
    assert await complete(database, "member", TaskKind.CONFIRM_EMAIL)
    error = await refusal_of(cast, "member", DEMO_OY)
    assert error["extensions"]["tasks"] == ["SET_NEW_PASSWORD"]
    assert await complete(database, "member", TaskKind.SET_NEW_PASSWORD)
    assert "errors" not in await cast.ask("member", DEMO_OY)
    assert (await cast.ask("member", TASKS))["data"]["me"]["tasks"] == []


async def test_a_task_is_open_once_and_may_come_again(cast: Cast, database: Database) -> None:
    await give(database, "member", TaskKind.CONFIRM_EMAIL, TaskKind.CONFIRM_EMAIL)
    await give(database, "member", TaskKind.CONFIRM_EMAIL)
    assert len((await cast.ask("member", TASKS))["data"]["me"]["tasks"]) == 1
    assert await complete(database, "member", TaskKind.CONFIRM_EMAIL)
    assert not await complete(database, "member", TaskKind.CONFIRM_EMAIL)
    await give(database, "member", TaskKind.CONFIRM_EMAIL)
    async with database.sessions() as db:
        member = (await account_of(database, "member")).id
        tasks = list(await db.scalars(select(Task).where(Task.account_id == member).order_by(Task.opened_at)))
    assert [task.done_at is None for task in tasks] == [False, True]


async def test_member_with_a_task_stays_visible_to_others(cast: Cast, database: Database) -> None:
    async with database.sessions.begin() as db:
        demo = (await db.scalars(select(Organization).where(Organization.identifier == "9200001-5"))).one()
        restricted = (await db.scalars(select(Account).where(Account.email_key.like("restricted@%")))).one()
        db.add(
            Membership(
                account_id=restricted.id, organization_id=demo.id, role=Role.MEMBER, status=MembershipStatus.ACTIVE
            )
        )
    query = '{ organization(businessId: "9200001-5") { memberships { nodes { person { displayName } } } } }'
    answer = await cast.ask("administrator", query)
    people = [node["person"]["displayName"] for node in answer["data"]["organization"]["memberships"]["nodes"]]
    assert "Reetta Rajattu" in people


async def test_support_sees_what_somebody_has_to_do(cast: Cast) -> None:
    query = "query($id: ID!) { node(id: $id) { ... on Account { tasks { kind } } } }"
    seen = (await cast.ask("support", query, {"id": cast.ids[RESTRICTED]}))["data"]["node"]
    assert seen == {"tasks": [{"kind": "SET_NEW_PASSWORD"}]}


@pytest.mark.parametrize(
    "action",
    ["signOut { userErrors { code } }", "otherSessionsRevoke { userErrors { code } }"],
)
async def test_person_with_a_task_can_sign_out_here_and_elsewhere(cast: Cast, action: str) -> None:
    answer = await cast.ask(RESTRICTED, f"mutation {{ {action} }}")
    assert answer["data"] == {action.partition(" ")[0]: {"userErrors": []}}
