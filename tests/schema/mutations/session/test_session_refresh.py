"""`sessionRefresh`: one child per token even for concurrent calls, and the end of a chain used by two parties."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from auth.tokens import TokenKind
from models.account import Account, AccountStatus
from models.refresh_token import RefreshToken
from models.session import Session
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, audited, cookie_of, post, suspend
from tests.schema.mutations.mutation_case import MutationCase
from tests.schema.mutations.session.session_facts import (
    REFRESH,
    Tokens,
    alive,
    bearer,
    messages,
    refresh,
    sessions_of,
    tokens_of,
    turn_back,
)

CASE = MutationCase(
    mutation="sessionRefresh",
    done='{refreshToken: "%(refresh)s"}',
    refused='{refreshToken: "ref_%(well_formed)s"}',
    note="the same tokens",
    takes=frozenset({TokenKind.REFRESH}),
)

ENDED = {
    "account": None,
    "accessToken": None,
    "refreshToken": None,
    "expiresAt": None,
    "userErrors": [
        {"code": "SESSION_ENDED", "field": None, "message": "Et ole enää kirjautuneena. Kirjaudu uudelleen sisään."}
    ],
}
AFTER_GRACE = timedelta(seconds=31)


async def live_tokens(database: Database) -> int:
    """Return the number of usable refresh tokens of a session, the maximum over all sessions."""
    async with database.sessions() as db:
        live = select(func.count()).where(RefreshToken.replaced_at.is_(None)).group_by(RefreshToken.session_id)
        return max(await db.scalars(live))


async def test_the_next_tokens_are_good_and_the_former_are_not(cast: Cast, database: Database) -> None:
    first = await tokens_of(cast.client, "member")
    second = await refresh(cast.client, first["refreshToken"])
    assert second["userErrors"] == []
    assert second["account"] == {"email": "member@demo.example"}
    assert {first["accessToken"], first["refreshToken"]}.isdisjoint({second["accessToken"], second["refreshToken"]})
    assert await alive(cast.client, bearer(second))
    assert not await alive(cast.client, bearer(first))
    told = datetime.fromisoformat(second["expiresAt"])
    assert abs(told - datetime.now(UTC) - timedelta(minutes=10)) < timedelta(minutes=1)


async def test_refresh_works_after_access_expiry_but_ends_after_ninety_days(cast: Cast, database: Database) -> None:
    tokens = await tokens_of(cast.client, "member")
    await turn_back(database, Session.access_expires_at, timedelta(hours=1))
    tokens = await refresh(cast.client, tokens["refreshToken"])
    assert await alive(cast.client, bearer(tokens))
    for end in (Session.expires_at, RefreshToken.expires_at):
        await turn_back(database, end, timedelta(days=90))
    assert await refresh(cast.client, tokens["refreshToken"]) == ENDED


async def test_refreshing_never_makes_a_session_last_longer(cast: Cast, database: Database) -> None:
    tokens = await tokens_of(cast.client, "member")
    await turn_back(database, Session.expires_at, timedelta(days=89, hours=23, minutes=55))
    end = (await sessions_of(database, "member"))[-1].expires_at
    tokens = await refresh(cast.client, tokens["refreshToken"])
    assert datetime.fromisoformat(tokens["expiresAt"]) == end
    assert (await sessions_of(database, "member"))[-1].expires_at == end


async def test_only_hashes_are_stored(cast: Cast, database: Database) -> None:
    first = await tokens_of(cast.client, "member")
    second = await refresh(cast.client, first["refreshToken"])
    secrets = {tokens[name] for tokens in (first, second) for name in ("accessToken", "refreshToken")}
    async with database.sessions() as db:
        stored = [
            value
            for table in (Session, RefreshToken)
            for row in (await db.execute(select(*table.__table__.c))).all()
            for value in row
        ]
    assert not any(secret in str(value) or secret[4:] in str(value) for secret in secrets for value in stored)


@pytest.mark.parametrize("seconds", [0, 3, 29])
async def test_b31_a_lost_answer_is_given_again(cast: Cast, database: Database, seconds: int) -> None:
    first = await tokens_of(cast.client, "member")
    lost = await refresh(cast.client, first["refreshToken"])
    await turn_back(database, RefreshToken.replaced_at, timedelta(seconds=seconds))
    again = await refresh(cast.client, first["refreshToken"])
    assert again == lost
    assert await alive(cast.client, bearer(again))
    assert (await refresh(cast.client, again["refreshToken"]))["userErrors"] == []


async def test_b30_the_grace_never_makes_a_second_child(cast: Cast, database: Database) -> None:
    parent = (await tokens_of(cast.client, "member"))["refreshToken"]
    child, again = await refresh(cast.client, parent), await refresh(cast.client, parent)
    assert again == child
    grandchild = await refresh(cast.client, child["refreshToken"])
    late = await refresh(cast.client, parent)
    assert late == grandchild, "what the chain has come to, so that a tab that lags behind is not left with dead tokens"
    assert await live_tokens(database) == 1
    assert await alive(cast.client, bearer(late))


async def test_b32_late_reuse_of_a_token_ends_the_session_and_is_told(cast: Cast, database: Database) -> None:
    elsewhere = await tokens_of(cast.client, "member")
    stolen = (await tokens_of(cast.client, "member"))["refreshToken"]
    second = await refresh(cast.client, stolen)
    third = await refresh(cast.client, second["refreshToken"])
    await turn_back(database, RefreshToken.replaced_at, AFTER_GRACE)
    assert await refresh(cast.client, stolen) == ENDED
    assert not await alive(cast.client, bearer(third))
    assert await refresh(cast.client, third["refreshToken"]) == ENDED
    assert await alive(cast.client, bearer(elsewhere)), "other devices go on"
    assert (await refresh(cast.client, elsewhere["refreshToken"]))["userErrors"] == []
    assert await refresh(cast.client, stolen) == ENDED
    (entry,) = await audited(database, "session.revokeFamily")
    member = await account_of(database, "member")
    revoked = (await sessions_of(database, "member"))[-1]
    assert revoked.ended_at is not None
    assert (entry.subject_id, entry.changes) == (member.id, {"session": str(revoked.id)})
    (message,) = await messages(database, "SESSION_FAMILY_REVOKED")
    assert (message.account_id, message.email) == (member.id, "member@demo.example")


async def test_a_token_used_up_by_its_thief_is_found_out_by_its_owner(cast: Cast, database: Database) -> None:
    owners = (await tokens_of(cast.client, "member"))["refreshToken"]
    thiefs = await refresh(cast.client, owners)
    await turn_back(database, RefreshToken.replaced_at, AFTER_GRACE)
    assert await refresh(cast.client, owners) == ENDED
    assert not await alive(cast.client, bearer(thiefs))


async def test_b31_twelve_tabs_at_once_stay_signed_in(cast: Cast, database: Database) -> None:
    token = (await tokens_of(cast.client, "member"))["refreshToken"]
    for _ in range(5):
        tabs = await at_once(cast, token, 12)
        assert all(tab == tabs[0] for tab in tabs)
        assert await alive(cast.client, bearer(tabs[0]))
        token = tabs[0]["refreshToken"]
    assert await messages(database, "SESSION_FAMILY_REVOKED") == []


@pytest.mark.parametrize(
    ("rounds", "requests"),
    [(30, 8), pytest.param(500, 8, marks=pytest.mark.long), pytest.param(100, 50, marks=pytest.mark.long)],
)
async def test_b29_concurrent_refreshes_mint_one_child(
    cast: Cast, database: Database, rounds: int, requests: int
) -> None:
    token = (await tokens_of(cast.client, "member"))["refreshToken"]
    for _ in range(rounds):
        tabs = await at_once(cast, token, requests)
        (child,) = {tab["refreshToken"] for tab in tabs}
        assert await live_tokens(database) == 1
        token = child
    chain = 1 + rounds
    async with database.sessions() as db:
        newest = (await sessions_of(database, "member"))[-1].id
        held = select(func.count()).where(RefreshToken.session_id == newest)
        assert await db.scalar(held) == chain


async def at_once(cast: Cast, token: str, requests: int) -> list[Tokens]:
    """Refresh by one token from many tabs at the same instant; a tab that is told to retry does."""
    barrier = asyncio.Barrier(requests)

    async def tab() -> Tokens:
        await barrier.wait()
        while True:
            answer: dict[str, Any] = (await post(cast.client, REFRESH, {"token": token})).json()
            if "errors" not in answer:
                payload: Tokens = answer["data"]["sessionRefresh"]
                return payload
            assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE", answer

    return list(await asyncio.gather(*(tab() for _ in range(requests))))


@pytest.mark.parametrize("rounds", [30, pytest.param(500, marks=pytest.mark.long)])
async def test_a_session_that_is_revoked_while_it_refreshes_is_dead(
    cast: Cast, database: Database, rounds: int
) -> None:
    barrier = asyncio.Barrier(2)
    revoker = await tokens_of(cast.client, "member")

    async def refreshed(token: str) -> Tokens:
        await barrier.wait()
        return await refresh(cast.client, token)

    async def revoked() -> None:
        await barrier.wait()
        await post(cast.client, "mutation { otherSessionsRevoke { revokedSessionIds } }", headers=bearer(revoker))

    for _ in range(rounds):
        tokens = await tokens_of(cast.client, "member")
        newer, _ = await asyncio.gather(refreshed(tokens["refreshToken"]), revoked())
        assert not await alive(cast.client, bearer(tokens))
        if newer["accessToken"] is not None:
            assert not await alive(cast.client, bearer(newer))
            assert await refresh(cast.client, newer["refreshToken"]) == ENDED


@pytest.mark.parametrize("how", ["signed out", "suspended", "ended", "closed"])
async def test_b34_a_session_that_is_over_gives_no_tokens(cast: Cast, database: Database, how: str) -> None:
    tokens = await tokens_of(cast.client, "member")
    if how == "signed out":
        await post(cast.client, "mutation { signOut { userErrors { code } } }", headers=bearer(tokens))
    elif how == "suspended":
        await suspend(database, "member")
    elif how == "ended":
        async with database.sessions.begin() as db:
            for opened in await db.scalars(select(Session)):
                opened.ended_at = datetime.now(UTC)
    else:
        async with database.sessions.begin() as db:
            closed = update(Account).where(Account.email_key == "member@demo.example")
            await db.execute(closed.values(status=AccountStatus.CLOSED))
    before = [token.replaced_at for token in await all_tokens(database)]
    assert await refresh(cast.client, tokens["refreshToken"]) == ENDED
    assert [token.replaced_at for token in await all_tokens(database)] == before
    assert await messages(database, "SESSION_FAMILY_REVOKED") == []


async def all_tokens(database: Database) -> list[RefreshToken]:
    async with database.sessions() as db:
        return list(await db.scalars(select(RefreshToken).order_by(RefreshToken.secret_hash)))


async def test_b39_no_other_secret_refreshes_and_no_refresh_token_signs_in(cast: Cast) -> None:
    tokens = await tokens_of(cast.client, "member")
    cookie = (await cookie_of(cast.client, "member"))["Cookie"].partition("=")[2]
    good: str = tokens["refreshToken"]
    wrong = [tokens["accessToken"], tokens["deviceToken"], cookie, "", "x", good[:-1], f"{good}A", "ref_" + "A" * 43]
    wrong += [f"ref_{secret[4:]}" for secret in (tokens["accessToken"], tokens["deviceToken"], cookie)]
    wrong += [good[:20] + ("A" if good[20] != "A" else "B") + good[21:], f" {good}", good.upper(), "ref_" + "ä" * 43]
    for token in wrong:
        assert await refresh(cast.client, token) == ENDED, token
    for forged in (good, f"acc_{good[4:]}", f"ses_{good[4:]}"):
        assert not await alive(cast.client, {"Authorization": f"Bearer {forged}"})
    assert (await refresh(cast.client, good))["userErrors"] == [], "none of that has used it up"


async def test_every_attempt_is_audited_once(cast: Cast, database: Database) -> None:
    token = (await tokens_of(cast.client, "member"))["refreshToken"]
    for attempt in (token, token, "ref_nothing"):
        await refresh(cast.client, attempt)
    entries = await audited(database, "session.refresh")
    assert [entry.result for entry in entries] == ["DONE", "DONE", "REFUSED"]
    assert [entry.changes.get("again", False) for entry in entries] == [False, True, False]
    assert token not in str([entry.changes for entry in entries])


async def test_later_fields_of_the_request_have_the_refreshed_viewer(cast: Cast) -> None:
    token = (await tokens_of(cast.client, "member"))["refreshToken"]
    followed = """mutation($token: String!) {
      sessionRefresh(input: {refreshToken: $token}) { account { memberships { nodes { role } } } }
      profileUpdate(input: {version: 1, phone: "0401234567"}) { account { phone } }
    }"""
    answer = (await post(cast.client, followed, {"token": token})).json()
    assert answer["data"]["profileUpdate"] == {"account": {"phone": "+358401234567"}}
