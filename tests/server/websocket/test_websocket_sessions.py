"""An open socket follows the state of its session and account within seconds."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import update

from models.db.clock import now
from models.session import Session
from models.task import TaskKind
from schema.build import SCHEMA
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, post, suspend
from tests.server.conftest import signed_in_at
from tests.server.websocket.socket_client import Socket, opened
from usecases.account.task import open_task

ME = "subscription { me { displayName version tasks { kind } } }"
ENDED = "subscription { sessionEnded { noticedAt } }"
SOON = 5.0  # seconds within which a revoked session loses its socket


@pytest.fixture
async def cast(url: str, database: Database) -> AsyncIterator[Cast]:
    """Return the cast; the members that these tests use are signed in."""
    async with signed_in_at(url, database, "member") as cast:
        yield cast


async def name_heard(socket: Socket) -> str:
    message = await socket.hear()
    name: str = message["payload"]["data"]["me"]["displayName"]
    return name


async def test_subscription_sends_a_change_of_the_viewer(cast: Cast, url: str) -> None:
    async with opened(url) as socket:
        await socket.begin(cast.tokens["member"])
        await socket.subscribe(ME)
        before = await socket.hear()
        version = before["payload"]["data"]["me"]["version"]
        change = 'profileUpdate(input: {version: $v, displayName: "Jussi Uusi"}) { userErrors { code } }'
        action = f"mutation($v: Int!) {{ {change} }}"
        assert "errors" not in await cast.ask("member", action, {"v": version})
        assert await name_heard(socket) == "Jussi Uusi"
        assert (await socket.ask("{ me { displayName } }"))["data"]["me"]["displayName"] == "Jussi Uusi"


async def test_new_task_is_sent_and_restricts_at_once(cast: Cast, url: str, database: Database) -> None:
    async with opened(url) as socket:
        await socket.begin(cast.tokens["member"])
        await socket.subscribe(ME)
        assert (await socket.hear())["payload"]["data"]["me"]["tasks"] == []
        member = await account_of(database, "member")
        async with database.sessions.begin() as db:
            await open_task(db, member.id, TaskKind.SET_NEW_PASSWORD, now())
        answer = await socket.ask("{ organizations { nodes { id } } }")
        assert answer["errors"][0]["extensions"]["code"] == "TASK_OPEN"
        assert (await socket.hear())["payload"]["data"]["me"]["tasks"] == [{"kind": "SET_NEW_PASSWORD"}]


@pytest.mark.parametrize("query", [ME, ENDED])
async def test_anonymous_subscription_is_unauthenticated(url: str, database: Database, query: str) -> None:
    async with opened(url) as socket:
        await socket.begin()
        answer = await socket.ask(query)
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "UNAUTHENTICATED", "requires": ["SIGNED_IN"]}


def test_all_subscriptions_are_tested_here() -> None:
    assert SCHEMA.subscription_type is not None
    assert set(SCHEMA.subscription_type.fields) == {"me", "sessionEnded"}


async def end_by_sign_out(cast: Cast, database: Database) -> None:
    await cast.ask("member", "mutation { signOut { userErrors { code } } }")


async def end_by_suspension(cast: Cast, database: Database) -> None:
    await suspend(database, "member")


async def end_by_the_clock(cast: Cast, database: Database) -> None:
    async with database.sessions.begin() as db:
        await db.execute(update(Session).values(expires_at=now()))


@pytest.mark.parametrize("end", [end_by_sign_out, end_by_suspension, end_by_the_clock])
async def test_b34_ended_session_closes_its_socket_within_five_seconds(
    cast: Cast, url: str, database: Database, end: Any
) -> None:
    async with opened(url) as socket:
        await socket.begin(cast.tokens["member"])
        await socket.subscribe(ENDED, "end")
        await socket.subscribe(ME, "me")
        assert (await socket.hear())["id"] == "me"
        began = time.monotonic()
        await end(cast, database)
        heard = [await socket.hear() for _ in range(3)]
        assert await socket.closed() == 4401
        assert time.monotonic() - began < SOON
    assert {message["type"] for message in heard if message["id"] == "me"} == {"complete"}
    told = [message for message in heard if message["id"] == "end"]
    assert [message["type"] for message in told] == ["next", "complete"]
    assert told[0]["payload"]["data"]["sessionEnded"]["noticedAt"]


async def test_b33_revoked_session_runs_no_more_operations(cast: Cast, url: str) -> None:
    async with opened(url) as socket:
        await socket.begin(cast.tokens["member"])
        await socket.ask("{ me { id } }")
        await cast.ask("member", "mutation { signOut { userErrors { code } } }")
        await socket.subscribe("{ me { email } }", "late")
        heard = []
        with pytest.raises(Exception, match="4401"):
            while True:
                heard.append(await socket.hear())
        assert heard == [], "the session is read again for every operation"


async def test_superseded_token_on_a_socket_asks_for_the_new_one(cast: Cast, url: str) -> None:
    query = """mutation { signIn(input: {email: "member@demo.example", password: "demo-password-for-everyone",
      transport: TOKEN}) { accessToken refreshToken } }"""
    signed_in = (await post(cast.client, query)).json()["data"]["signIn"]
    async with opened(url) as socket:
        await socket.begin(signed_in["accessToken"])
        await socket.subscribe(ENDED)
        refresh = "mutation($t: String!) { sessionRefresh(input: {refreshToken: $t}) { accessToken } }"
        fresh = (await post(cast.client, refresh, {"t": signed_in["refreshToken"]})).json()["data"]["sessionRefresh"]
        assert await socket.hear() == {"id": "1", "type": "complete"}
        assert await socket.closed() == 4403
    async with opened(url) as socket:
        await socket.begin(fresh["accessToken"])


async def test_b41_one_secret_is_tried_in_a_message_and_no_cookie_is_given(cast: Cast, url: str) -> None:
    one = 'signIn(input: {email: "member@demo.example", password: "x", transport: TOKEN}) { userErrors { code } }'
    async with opened(url) as socket:
        await socket.begin()
        answer = await socket.ask(f"mutation {{ a: {one} b: {one} }}")
        assert answer["errors"][0]["extensions"]["limit"] == "MUTATIONS_THAT_TRY_A_SECRET"
        answer = await socket.ask(f"mutation {{ {one.replace('TOKEN', 'COOKIE')} }}")
        assert answer["errors"][0]["extensions"]["code"] == "COOKIE_NEEDS_POST"


async def test_b65_root_fields_and_operations_side_by_side_are_all_answered(cast: Cast, url: str) -> None:
    query = "{ " + " ".join(f"a{n}: organizations {{ nodes {{ name }} }}" for n in range(10)) + " }"
    async with opened(url) as socket:
        await socket.begin(cast.tokens["member"])
        for n in range(15):
            await socket.subscribe(query, str(n))
        heard = [await socket.hear() for _ in range(30)]
    answers = [message["payload"] for message in heard if message["type"] == "next"]
    assert len(answers) == 15
    assert all(answer == answers[0] and "errors" not in answer for answer in answers)


async def test_b55_two_people_at_once_each_see_their_own_data(cast: Cast, url: str) -> None:
    await cast.sign_in("administrator")
    async with opened(url) as one, opened(url) as other:
        await one.begin(cast.tokens["member"])
        await other.begin(cast.tokens["administrator"])

        async def mails(socket: Socket) -> set[str]:
            return {(await socket.ask("{ me { email } }", str(n)))["data"]["me"]["email"] for n in range(50)}

        seen = await asyncio.gather(mails(one), mails(other))
    assert list(seen) == [{"member@demo.example"}, {"administrator@demo.example"}]
