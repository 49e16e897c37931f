"""Capabilities of closing and export, which an interface reads before the click, and their reasons."""

from typing import Any

from sqlalchemy import update

from models.membership import Membership, Role
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of
from tests.schema.mutations.account.closing import close, let_reauthentication_age

ALONE = "WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR"
CAPABILITIES = """{ me { viewerCanExport viewerCannotExportReasons viewerCanClose viewerCannotCloseReasons } }"""


async def capabilities(cast: Cast, who: str) -> tuple[Any, ...]:
    answer = await cast.ask(who, CAPABILITIES)
    assert "errors" not in answer, answer
    return tuple(answer["data"]["me"].values())


async def test_recently_proved_password_allows_closing_and_export(cast: Cast) -> None:
    for who in ("consumer", "member", "support"):
        assert await capabilities(cast, who) == (True, [], True, []), who


async def test_old_password_proof_is_required_again(cast: Cast, database: Database) -> None:
    await let_reauthentication_age(database)
    why = ["REAUTHENTICATION_REQUIRED"]
    assert await capabilities(cast, "consumer") == (False, why, False, why)
    assert await capabilities(cast, "administrator") == (False, why, False, [*why, ALONE])
    assert [error["code"] for error in (await close(cast, "administrator"))["userErrors"]] == [*why, ALONE]


async def test_last_administrator_capability_matches_the_refusal(cast: Cast, database: Database) -> None:
    assert await capabilities(cast, "administrator") == (True, [], False, [ALONE])
    assert await capabilities(cast, "other-administrator") == (True, [], False, [ALONE])
    manager = await account_of(database, "manager")
    async with database.sessions.begin() as db:
        promoted = update(Membership).where(Membership.account_id == manager.id)
        await db.execute(promoted.values(role=Role.ADMINISTRATOR))
    assert await capabilities(cast, "administrator") == (True, [], True, [])
    assert (await close(cast, "administrator"))["userErrors"] == []
    assert await capabilities(cast, "manager") == (True, [], False, [ALONE])


async def test_open_tasks_come_first(cast: Cast) -> None:
    assert await capabilities(cast, "restricted") == (False, ["TASK_OPEN"], False, ["TASK_OPEN"])


async def test_staff_see_that_it_is_not_theirs_to_do(cast: Cast) -> None:
    query = "query($id: ID!) { node(id: $id) { ... on Account { viewerCanClose viewerCannotCloseReasons } } }"
    seen = (await cast.ask("support", query, {"id": cast.ids["consumer"]}))["data"]["node"]
    assert seen == {"viewerCanClose": False, "viewerCannotCloseReasons": ["FORBIDDEN"]}
