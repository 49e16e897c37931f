"""`accountClose`: signed out everywhere, reopened by mail, and no organization is left without administrator."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from models.account import AccountStatus
from models.db.clock import now
from models.mailed_secret import AccountClosure, PasswordReset
from models.membership import Membership, MembershipStatus, Role
from models.message import Message
from models.organization import Organization, OrganizationStatus
from server.db.database import Database
from tests.cast import NOBODY, Cast
from tests.schema.asking import account_of, audited, cookie_of, post, sign_in, token_of
from tests.schema.mutations.account.closing import (
    close,
    let_reauthentication_age,
    mailed_token,
    organization_id,
    status_of,
)
from tests.schema.mutations.mutation_case import SIGNED_OUT, MutationCase

CASE = MutationCase(
    mutation="accountClose",
    twice=SIGNED_OUT,
)

ME = "{ me { email } }"


async def test_close_ends_the_account_and_tells_the_deadline_for_undoing(cast: Cast, database: Database) -> None:
    payload = await close(cast, "consumer")
    assert payload["userErrors"] == []
    account = await account_of(database, "consumer")
    assert (account.status, account.version) == (AccountStatus.CLOSED, 2)
    async with database.sessions() as db:
        closure = (await db.scalars(select(AccountClosure))).one()
        (message,) = await db.scalars(select(Message).where(Message.kind == "ACCOUNT_CLOSED"))
    assert closure.erase_after.isoformat().startswith(payload["erasedAfter"][:19])
    assert timedelta(days=29, hours=23) < closure.erase_after - now() <= timedelta(days=30)
    assert (message.email, message.language, message.facts["until"]) == (
        "consumer@demo.example",
        account.language,
        closure.erase_after.isoformat(),
    )
    assert (await mailed_token(database)).startswith("cls_")


async def test_b28_no_session_of_any_kind_outlives_the_closing(
    cast: Cast, client: httpx.AsyncClient, database: Database
) -> None:
    cookie, token = await cookie_of(client, "consumer"), await token_of(client, "consumer")
    refresh = """mutation($email: String!, $password: String!) { signIn(input:
      {email: $email, password: $password, transport: TOKEN}) { refreshToken } }"""
    secrets = {"email": "consumer@demo.example", "password": "demo-password-for-everyone"}
    tokens = (await post(client, refresh, secrets)).json()["data"]["signIn"]
    assert (await post(client, ME, headers=cookie)).json()["data"]["me"] is not None
    assert (await close(cast, "consumer"))["userErrors"] == []
    for headers in (cookie, token, {"Authorization": f"Bearer {cast.tokens['consumer']}"}):
        answer = (await post(client, ME, headers=headers)).json()
        assert (answer.get("data") or {"me": None}) == {"me": None}
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    renew = "mutation($token: String!) { sessionRefresh(input: {refreshToken: $token}) { accessToken } }"
    renewed = (await post(client, renew, {"token": tokens["refreshToken"]})).json()
    assert renewed["data"]["sessionRefresh"]["accessToken"] is None
    payload = (await sign_in(client, "consumer")).json()["data"]["signIn"]
    assert (payload["account"], payload["userErrors"][0]["code"]) == (None, "ACCOUNT_CLOSED")


async def test_close_clears_cookie_and_later_fields_are_anonymous(cast: Cast, client: httpx.AsyncClient) -> None:
    cookie = await cookie_of(client, "consumer")
    both = "mutation { accountClose { userErrors { code } } profileUpdate(input: {version: 2}) { account { id } } }"
    response = await post(client, both, headers=cookie)
    assert response.json()["data"] == {"accountClose": {"userErrors": []}, "profileUpdate": None}
    assert "Max-Age=0" in ",".join(response.headers.get_list("set-cookie"))


async def test_a_password_proved_long_ago_is_asked_for_again(cast: Cast, database: Database) -> None:
    await let_reauthentication_age(database)
    (error,) = (await close(cast, "consumer"))["userErrors"]
    assert error["code"] == "REAUTHENTICATION_REQUIRED"
    assert (await account_of(database, "consumer")).status is AccountStatus.ACTIVE
    (entry,) = await audited(database, "account.close")
    assert (entry.result, entry.changes) == ("REFUSED", {"reasons": ["REAUTHENTICATION_REQUIRED"]})


async def test_close_by_an_anonymous_caller_is_refused(cast: Cast, database: Database) -> None:
    answer = await cast.ask(NOBODY, "mutation { accountClose { userErrors { code } } }")
    assert answer["data"]["accountClose"] is None
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    async with database.sessions() as db:
        assert await db.scalar(select(func.count()).select_from(AccountClosure)) == 0


@pytest.mark.parametrize("insist", [None, False])
async def test_a_last_administrator_is_refused_with_the_organization_named(
    cast: Cast, database: Database, insist: bool | None
) -> None:
    payload = await close(cast, "administrator", insist=insist)
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"], payload["erasedAfter"]) == (
        "WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR",
        None,
        None,
    )
    assert "Demo Oy" in error["message"]
    assert (await account_of(database, "administrator")).status is AccountStatus.ACTIVE
    assert await status_of(database) is OrganizationStatus.ACTIVE
    assert (await cast.ask("administrator", ME))["data"]["me"] is not None, "still signed in"


async def test_a_last_administrator_who_insists_leaves_the_office_vacant(cast: Cast, database: Database) -> None:
    assert (await close(cast, "administrator", insist=True))["userErrors"] == []
    assert await status_of(database) is OrganizationStatus.ADMINISTRATOR_VACANT
    (entry,) = await audited(database, "account.close")
    assert entry.changes["organizations_vacated"] == [str(await organization_id(database))]


async def promote(database: Database, *whom: str) -> None:
    """Make members of the demo organization administrators too."""
    async with database.sessions.begin() as db:
        for who in whom:
            account = await account_of(database, who)
            await db.execute(
                update(Membership).where(Membership.account_id == account.id).values(role=Role.ADMINISTRATOR)
            )


async def test_one_of_two_administrators_may_close_and_membership_stays(cast: Cast, database: Database) -> None:
    await promote(database, "manager")
    assert (await close(cast, "administrator"))["userErrors"] == []
    assert await status_of(database) is OrganizationStatus.ACTIVE
    account = await account_of(database, "administrator")
    async with database.sessions() as db:
        membership = (await db.scalars(select(Membership).where(Membership.account_id == account.id))).one()
    assert membership.status is MembershipStatus.ACTIVE


UNFIT: dict[str, dict[str, Any]] = {
    "suspended": {"status": AccountStatus.SUSPENDED},
    "undeliverable": {"email_undeliverable_at": now()},
}


@pytest.mark.parametrize("unfit", UNFIT)
async def test_inactive_administrator_is_left_out_of_the_count(cast: Cast, database: Database, unfit: str) -> None:
    await promote(database, "manager")
    account = await account_of(database, "manager")
    async with database.sessions.begin() as db:
        await db.execute(update(type(account)).where(type(account).id == account.id).values(UNFIT[unfit]))
    (error,) = (await close(cast, "administrator"))["userErrors"]
    assert error["code"] == "WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR"


async def test_links_on_their_way_are_worthless_from_then_on(cast: Cast, database: Database) -> None:
    account = await account_of(database, "consumer")
    async with database.sessions.begin() as db:
        db.add(
            PasswordReset(
                account_id=account.id,
                email_key=str(account.email_key),
                secret_hash=bytes(32),
                expires_at=now() + timedelta(hours=1),
            )
        )
    await close(cast, "consumer")
    async with database.sessions() as db:
        assert (await db.scalars(select(PasswordReset.ended_at))).one() is not None


@pytest.mark.parametrize("rounds", [10, pytest.param(500, marks=pytest.mark.long)])
async def test_of_two_administrators_who_go_at_the_same_instant_one_stays(
    cast: Cast, database: Database, rounds: int
) -> None:
    await promote(database, "manager")
    identity = await organization_id(database)
    for _ in range(rounds):
        together = asyncio.Barrier(2)

        async def go(who: str, together: asyncio.Barrier = together) -> list[str]:
            await together.wait()
            return [error["code"] for error in (await close(cast, who))["userErrors"]]

        outcomes = await asyncio.gather(go("administrator"), go("manager"))
        assert sorted(outcomes) == [[], ["WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR"]]
        async with database.sessions() as db:
            assert (await db.get_one(Organization, identity)).status is OrganizationStatus.ACTIVE
        await reopen(cast, database)


async def reopen(cast: Cast, database: Database) -> None:
    """Undo the closing that succeeded, and sign that person in again."""
    answer = await cast.ask(
        NOBODY,
        "mutation($token: String!) { accountCloseUndo(input: {token: $token}) { userErrors { code } } }",
        {"token": await mailed_token(database)},
    )
    assert answer["data"]["accountCloseUndo"]["userErrors"] == []
    for who in ("administrator", "manager"):
        if "errors" in await cast.ask(who, ME):
            await cast.sign_in(who)


async def test_the_same_account_closed_twice_at_the_same_instant_is_closed_once(
    cast: Cast, client: httpx.AsyncClient, database: Database
) -> None:
    together = asyncio.Barrier(5)
    tokens = [await token_of(client, "consumer") for _ in range(5)]

    async def go(headers: dict[str, str]) -> dict[str, Any]:
        await together.wait()
        answer: dict[str, Any] = (
            await post(client, "mutation { accountClose { userErrors { code } } }", headers=headers)
        ).json()
        return answer

    answers = await asyncio.gather(*map(go, tokens))
    # The others are signed out, or told to retry because they waited too long for the first.
    closed = [answer for answer in answers if answer.get("data", {}).get("accountClose") == {"userErrors": []}]
    assert len(closed) == 1, answers
    async with database.sessions() as db:
        assert await db.scalar(select(func.count()).select_from(AccountClosure)) == 1
