"""`me.sessions`, `sessionRevoke`, `otherSessionsRevoke`: a person sees their devices and ends any, at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.account import Account, AccountStatus
from models.db.clock import now
from models.session import Session
from resolvers.core import global_id
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import BROWSER, account_of, audited, cookie_of, post, sign_in, token_of
from tests.schema.mutations.session.session_facts import alive, bearer, refresh, sessions_of, tokens_of, turn_back
from usecases.session.session import end_all_sessions, end_other_sessions

SESSIONS = """{ me { sessions { totalCount nodes {
  id transport device createdAt lastSeenAt expiresAt endedAt isCurrent } } } }"""
REVOKE = """mutation($id: ID!) { sessionRevoke(input: {id: $id}) {
  revokedSessionId userErrors { code field message } } }"""
REVOKE_OTHERS = "mutation { otherSessionsRevoke { revokedSessionIds userErrors { code } } }"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"

Headers = dict[str, str]


async def listed(cast: Cast, headers: Headers) -> list[dict[str, Any]]:
    """Return the sessions that the sender of these headers sees."""
    sessions = (await post(cast.client, SESSIONS, headers=headers)).json()["data"]["me"]["sessions"]
    assert sessions["totalCount"] == len(sessions["nodes"])
    nodes: list[dict[str, Any]] = sessions["nodes"]
    return nodes


async def revoke(cast: Cast, headers: Headers, session_id: str) -> dict[str, Any]:
    """Return the payload of `sessionRevoke`."""
    payload: dict[str, Any] = (await post(cast.client, REVOKE, {"id": session_id}, headers)).json()["data"][
        "sessionRevoke"
    ]
    return payload


async def devices(cast: Cast) -> dict[str, Headers]:
    """Sign the member in on three devices and somebody else on one."""
    return {
        "browser": await cookie_of(cast.client, "member"),
        "phone": await token_of(cast.client, "member"),
        "tablet": await token_of(cast.client, "member"),
        "stranger": await token_of(cast.client, "administrator"),
    }


async def who_is_in(cast: Cast, signed_in: dict[str, Headers]) -> set[str]:
    return {name for name, headers in signed_in.items() if await alive(cast.client, headers)}


async def test_sessions_are_listed_newest_first_and_mark_the_current_one(cast: Cast) -> None:
    browser = await cookie_of(cast.client, "member", {"User-Agent": FIREFOX})
    phone = await token_of(cast.client, "member")
    newest, firefox, first = await listed(cast, browser)
    assert [newest["transport"], firefox["transport"], first["transport"]] == ["TOKEN", "COOKIE", "TOKEN"]
    assert [session["isCurrent"] for session in (newest, firefox, first)] == [False, True, False]
    assert firefox["device"] == "Firefox, Windows"
    assert all(session["endedAt"] is None for session in (newest, firefox, first))
    assert [session["isCurrent"] for session in await listed(cast, phone)] == [True, False, False]


async def test_a_cookie_lasts_a_fortnight_from_its_last_use(cast: Cast, database: Database) -> None:
    browser = await cookie_of(cast.client, "member")
    seen, end = (await listed(cast, browser))[0]["lastSeenAt"], (await listed(cast, browser))[0]["expiresAt"]
    kept = (await sessions_of(database, "member"))[-1]
    assert seen == kept.last_seen_at.isoformat()
    assert end == (kept.last_seen_at + timedelta(days=14)).isoformat()


@pytest.mark.parametrize(("column", "by"), [("expires_at", 90), ("last_seen_at", 14)])
async def test_ended_session_is_not_listed(cast: Cast, database: Database, column: str, by: int) -> None:
    await cookie_of(cast.client, "member")
    await cookie_of(cast.client, "member")
    await turn_back(database, getattr(Session, column), timedelta(days=by))
    fresh = await token_of(cast.client, "member")
    tokens_last = {"expires_at": 1, "last_seen_at": 2}[column]  # a session of transport TOKEN has no idle timeout
    assert [session["transport"] for session in await listed(cast, fresh)] == ["TOKEN"] * tokens_last


@pytest.mark.parametrize("who", ["administrator", "support", "auditor"])
async def test_sessions_are_visible_to_their_owner_only(cast: Cast, database: Database, who: str) -> None:
    session_id = global_id.encode("Session", (await sessions_of(database, "member"))[-1].id)
    by_id = await cast.ask(who, "query($id: ID!) { node(id: $id) { id } }", {"id": session_id})
    assert by_id == {"data": {"node": None}}
    query = "query($id: ID!) { node(id: $id) { ... on Account { sessions { nodes { id } } } } }"
    account = (await cast.ask(who, query, {"id": cast.ids["member"]}))["data"]["node"]
    assert account in (None, {"sessions": None})


async def test_b28_a_revoked_device_is_out_at_its_next_request_and_no_other(cast: Cast, database: Database) -> None:
    signed_in = await devices(cast)
    phone = next(s for s in await listed(cast, signed_in["phone"]) if s["isCurrent"])["id"]
    payload = await revoke(cast, signed_in["browser"], phone)
    assert payload == {"revokedSessionId": phone, "userErrors": []}
    assert await who_is_in(cast, signed_in) == {"browser", "tablet", "stranger"}
    assert phone not in [session["id"] for session in await listed(cast, signed_in["browser"])]
    (entry,) = await audited(database, "session.revoke")
    assert (entry.result, entry.subject_id) == ("DONE", (await account_of(database, "member")).id)


async def test_ended_session_is_found_by_its_id_with_its_end(cast: Cast) -> None:
    signed_in = await devices(cast)
    phone = next(s for s in await listed(cast, signed_in["phone"]) if s["isCurrent"])["id"]
    query = """query($id: ID!) { node(id: $id) { ... on Session {
      endedAt viewerCanRevoke viewerCannotRevokeReasons } } }"""
    found = (await post(cast.client, query, {"id": phone}, signed_in["browser"])).json()["data"]["node"]
    assert found == {"endedAt": None, "viewerCanRevoke": True, "viewerCannotRevokeReasons": []}
    await revoke(cast, signed_in["browser"], phone)
    found = (await post(cast.client, query, {"id": phone}, signed_in["browser"])).json()["data"]["node"]
    assert datetime.fromisoformat(found.pop("endedAt")) <= datetime.now(UTC)
    assert found == {"viewerCanRevoke": False, "viewerCannotRevokeReasons": ["NOT_FOUND"]}


async def test_a_revoked_apps_refresh_token_is_dead_too(cast: Cast) -> None:
    tokens = await tokens_of(cast.client, "member")
    mine = next(s for s in await listed(cast, bearer(tokens)) if s["isCurrent"])["id"]
    await revoke(cast, await cookie_of(cast.client, "member"), mine)
    assert (await refresh(cast.client, tokens["refreshToken"]))["userErrors"][0]["code"] == "SESSION_ENDED"


async def test_revoke_of_the_current_session_signs_out(cast: Cast) -> None:
    browser = await cookie_of(cast.client, "member")
    mine = next(s for s in await listed(cast, browser) if s["isCurrent"])["id"]
    response = await post(cast.client, REVOKE, {"id": mine}, browser)
    assert response.json()["data"]["sessionRevoke"]["revokedSessionId"] == mine
    assert "max-age=0" in response.headers["set-cookie"].lower()
    assert not await alive(cast.client, browser)


@pytest.mark.parametrize("which", ["another's", "ended", "account", "made up", "no id"])
async def test_revoke_of_anything_but_an_own_live_session_is_not_found(
    cast: Cast, database: Database, which: str
) -> None:
    signed_in = await devices(cast)
    ended = next(s for s in await listed(cast, signed_in["tablet"]) if s["isCurrent"])["id"]
    await revoke(cast, signed_in["phone"], ended)
    ids = {
        "another's": global_id.encode("Session", (await sessions_of(database, "administrator"))[-1].id),
        "ended": ended,
        "account": cast.ids["member"],
        "made up": global_id.encode("Session", (await account_of(database, "member")).id),
        "no id": "x" * 5000,
    }
    payload = await revoke(cast, signed_in["phone"], ids[which])
    assert payload["revokedSessionId"] is None
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("NOT_FOUND", ["input", "id"])]
    assert await who_is_in(cast, signed_in) == {"browser", "phone", "stranger"}
    assert [entry.result for entry in await audited(database, "session.revoke")] == ["DONE", "REFUSED"]


@pytest.mark.parametrize("kept", ["browser", "phone"])
async def test_other_sessions_revoke_keeps_the_current_session(cast: Cast, database: Database, kept: str) -> None:
    signed_in = await devices(cast)
    payload = (await post(cast.client, REVOKE_OTHERS, headers=signed_in[kept])).json()["data"]["otherSessionsRevoke"]
    assert len(set(payload["revokedSessionIds"])) == 3, "the cast's own is one of them"
    assert await who_is_in(cast, signed_in) == {kept, "stranger"}
    again = (await post(cast.client, REVOKE_OTHERS, headers=signed_in[kept])).json()["data"]["otherSessionsRevoke"]
    assert again == {"revokedSessionIds": [], "userErrors": []}
    assert len(await audited(database, "session.revokeOthers")) == 2


async def test_b33_actions_that_end_all_sessions_end_every_kind(cast: Cast, database: Database) -> None:
    signed_in, app = await devices(cast), await tokens_of(cast.client, "member")
    member = (await account_of(database, "member")).id
    async with database.sessions.begin() as db:
        ended = await end_all_sessions(db, member, now())
    assert len(ended) == 5
    assert await who_is_in(cast, signed_in) == {"stranger"}
    assert (await refresh(cast.client, app["refreshToken"]))["accessToken"] is None


async def test_b33_the_session_that_changes_the_password_may_stay(cast: Cast, database: Database) -> None:
    signed_in = await devices(cast)
    tablet, member = (await sessions_of(database, "member"))[-1], (await account_of(database, "member")).id
    async with database.sessions.begin() as db:
        ended = await end_other_sessions(db, member, tablet.id, now())
    assert len(ended) == 3
    assert await who_is_in(cast, signed_in) == {"tablet", "stranger"}


async def test_rolled_back_end_leaves_sessions_alive(cast: Cast, database: Database) -> None:
    signed_in, member = await devices(cast), (await account_of(database, "member")).id
    async with database.sessions() as db:
        await end_all_sessions(db, member, now())
        await db.rollback()
    assert await who_is_in(cast, signed_in) == set(signed_in)


@pytest.mark.parametrize("status", [AccountStatus.SUSPENDED, AccountStatus.CLOSED])
async def test_b34_b28_suspended_or_closed_person_is_out_everywhere(
    cast: Cast, database: Database, status: AccountStatus
) -> None:
    signed_in, app = await devices(cast), await tokens_of(cast.client, "member")
    async with database.sessions.begin() as db:
        moved = update(Account).where(Account.email_key == "member@demo.example").values(status=status)
        await db.execute(moved)
    assert await who_is_in(cast, signed_in) == {"stranger"}
    assert not await alive(cast.client, bearer(app))
    assert (await refresh(cast.client, app["refreshToken"]))["userErrors"][0]["code"] == "SESSION_ENDED"
    for transport in ("TOKEN", "COOKIE"):
        answer = (await sign_in(cast.client, "member", transport=transport, headers=BROWSER)).json()
        assert [error["code"] for error in answer["data"]["signIn"]["userErrors"]] == ["SIGN_IN_FAILED"]


async def test_b40_cookie_planted_before_the_sign_in_is_void_after_it(cast: Cast) -> None:
    planted = BROWSER | {"Cookie": "__Host-session=ses_" + "A" * 43}
    response = await sign_in(cast.client, "member", transport="COOKIE", headers=planted)
    value = response.headers["set-cookie"].partition(";")[0]
    assert value != planted["Cookie"]
    assert not await alive(cast.client, planted)
    attackers = await cookie_of(cast.client, "administrator")
    victims = await cookie_of(cast.client, "member", attackers)
    assert not await alive(cast.client, attackers), "the session that was planted has ended"
    assert victims["Cookie"] != attackers["Cookie"]


@pytest.mark.parametrize("rounds", [10, pytest.param(500, marks=pytest.mark.long)])
async def test_devices_that_sign_each_other_out_at_the_same_instant_never_hang(cast: Cast, rounds: int) -> None:
    for _ in range(rounds):
        signed_in = {name: bearer(await tokens_of(cast.client, "member")) for name in "abcd"}
        barrier = asyncio.Barrier(len(signed_in))

        async def revoke_others(headers: Headers, start: asyncio.Barrier = barrier) -> int:
            await start.wait()
            return (await post(cast.client, REVOKE_OTHERS, headers=headers)).status_code

        statuses = await asyncio.gather(*map(revoke_others, signed_in.values()))
        assert set(statuses) <= {200, 401}
        assert len(await who_is_in(cast, signed_in)) <= 1
