"""`reauthenticate`: opens sensitive actions for ten minutes, under a new secret of the same session."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from auth.authentication import authenticate
from auth.passwords.hashing import HASHER
from auth.policies.account import reasons_against_export
from auth.policies.reason import Reason
from auth.tokens import TokenKind
from auth.viewer import NOBODY
from models.db.clock import now
from models.session import Session
from server.db.database import Database
from tests.cast import RESTRICTED, Cast
from tests.schema.asking import BROWSER, account_of, audited, cookie_of, post
from tests.schema.mutations.mutation_case import MutationCase
from tests.schema.mutations.session.session_facts import alive, bearer, refresh, sessions_of, tokens_of, turn_back
from usecases.demo import PASSWORD

CASE = MutationCase(
    mutation="reauthenticate",
    done='{password: "%(password)s"}',
    refused='{password: "wrong"}',
    twice=("TOKEN_EXPIRED",),
    note="refresh the session, or sign in",
)

REAUTHENTICATE = """mutation($password: String!) { reauthenticate(input: {password: $password}) {
  account { email } accessToken expiresAt userErrors { code field message } } }"""


async def ask(client: httpx.AsyncClient, headers: dict[str, str], password: str = PASSWORD) -> httpx.Response:
    """Return the response to a reauthentication."""
    return await post(client, REAUTHENTICATE, {"password": password}, headers)


def payload_of(response: httpx.Response) -> dict[str, Any]:
    payload: dict[str, Any] = response.json()["data"]["reauthenticate"]
    return payload


async def is_fresh(database: Database, headers: dict[str, str]) -> bool:
    """Return whether the sender of this bearer token may call actions that need a recent proof."""
    viewer = await authenticate(database.pool, TokenKind.ACCESS, headers["Authorization"].partition(" ")[2])
    assert viewer.signed_in
    return reasons_against_export(viewer, viewer.account_id) == []


def test_export_by_nobody_is_forbidden() -> None:
    assert reasons_against_export(NOBODY, NOBODY.account_id) == [Reason.FORBIDDEN]


@pytest.mark.parametrize(("minutes", "fresh"), [(9, True), (10, False)])
async def test_a_proof_is_fresh_for_ten_minutes(cast: Cast, database: Database, minutes: int, fresh: bool) -> None:
    headers = bearer(await tokens_of(cast.client, "member"))
    assert await is_fresh(database, headers), "a sign-in is a proof as well"
    await turn_back(database, Session.reauthenticated_at, timedelta(minutes=minutes))
    assert await is_fresh(database, headers) == fresh
    payload = payload_of(await ask(cast.client, headers))
    assert payload["userErrors"] == []
    assert await is_fresh(database, bearer(payload))


async def test_a_refresh_is_no_proof(cast: Cast, database: Database) -> None:
    tokens = await tokens_of(cast.client, "member")
    await turn_back(database, Session.reauthenticated_at, timedelta(minutes=11))
    assert not await is_fresh(database, bearer(await refresh(cast.client, tokens["refreshToken"])))


async def test_a_browser_goes_on_with_a_new_cookie_of_the_same_session(cast: Cast, database: Database) -> None:
    former = await cookie_of(cast.client, "member")
    session_id = (await sessions_of(database, "member"))[-1].id
    response = await ask(cast.client, former)
    payload = payload_of(response)
    assert payload["account"] == {"email": "member@demo.example"}
    assert payload["accessToken"] is None
    (header,) = response.headers.get_list("set-cookie")
    latter = BROWSER | {"Cookie": header.partition(";")[0]}
    assert not await alive(cast.client, former)
    assert await alive(cast.client, latter)
    assert (await sessions_of(database, "member"))[-1].id == session_id


async def test_an_app_goes_on_with_a_new_access_token_and_its_refresh_token(cast: Cast) -> None:
    tokens = await tokens_of(cast.client, "member")
    payload = payload_of(await ask(cast.client, bearer(tokens)))
    assert not await alive(cast.client, bearer(tokens))
    assert await alive(cast.client, bearer(payload))
    assert await alive(cast.client, bearer(await refresh(cast.client, tokens["refreshToken"])))


@pytest.mark.parametrize("password", ["wrong", "", "x" * 5000])
async def test_a_wrong_password_changes_nothing_but_the_audit(
    cast: Cast, database: Database, app: Starlette, password: str
) -> None:
    headers = bearer(await tokens_of(cast.client, "member"))
    await turn_back(database, Session.reauthenticated_at, timedelta(minutes=11))
    runs = app.state.resources.passwords.runs
    payload = payload_of(await ask(cast.client, headers, password))
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [
        ("SIGN_IN_FAILED", ["input", "password"])
    ]
    assert payload["accessToken"] is None
    assert app.state.resources.passwords.runs == runs + 1
    assert not await is_fresh(database, headers)
    (entry,) = await audited(database, "session.reauthenticate")
    assert (entry.result, entry.subject_id) == ("REFUSED", (await account_of(database, "member")).id)


async def test_anothers_password_proves_nothing(cast: Cast, database: Database) -> None:
    async with database.sessions.begin() as db:
        administrator = await account_of(database, "administrator")
        administrator.set_password(HASHER.hash("the administrator's own one"), now())
        await db.merge(administrator)
    payload = payload_of(
        await ask(cast.client, bearer(await tokens_of(cast.client, "member")), "the administrator's own one")
    )
    assert payload["userErrors"]


async def test_reauthenticate_by_an_anonymous_caller_is_refused(cast: Cast, app: Starlette) -> None:
    runs = app.state.resources.passwords.runs
    (error,) = (await ask(cast.client, {})).json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert app.state.resources.passwords.runs == runs


async def test_one_request_tries_one_password(cast: Cast) -> None:
    twice = """mutation { a: reauthenticate(input: {password: "x"}) { accessToken }
      b: reauthenticate(input: {password: "y"}) { accessToken } }"""
    response = await post(cast.client, twice, headers=bearer(await tokens_of(cast.client, "member")))
    assert "data" not in response.json()


async def test_person_with_tasks_may_reauthenticate(cast: Cast) -> None:
    payload = payload_of(await ask(cast.client, bearer(await tokens_of(cast.client, RESTRICTED))))
    assert payload["userErrors"] == []
    assert payload["account"] == {"email": "restricted@demo.example"}


@pytest.mark.parametrize("rounds", [20, pytest.param(500, marks=pytest.mark.long)])
async def test_of_many_at_the_same_instant_the_last_secret_is_good(cast: Cast, rounds: int) -> None:
    headers = bearer(await tokens_of(cast.client, "member"))
    for _ in range(rounds):
        barrier = asyncio.Barrier(3)

        async def prove(sender: dict[str, str] = headers, start: asyncio.Barrier = barrier) -> httpx.Response:
            await start.wait()
            return await ask(cast.client, sender)

        responses = await asyncio.gather(*(prove() for _ in range(3)))
        given = [bearer(payload_of(response)) for response in responses if response.status_code == 200]
        alive_now = [sender for sender in given if await alive(cast.client, sender)]
        assert len(alive_now) == 1
        (headers,) = alive_now
