"""Expired and void access tokens: the answer says whether a refresh or a sign-in is needed."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update
from websockets.exceptions import ConnectionClosed

from models.db.clock import now
from models.session import Session
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import post, suspend
from tests.schema.mutations.session.session_facts import Tokens, bearer, refresh, tokens_of, turn_back
from tests.schema.mutations.session.test_reauthenticate import ask as reauthenticate
from tests.server.serving import serving
from tests.server.websocket.socket_client import opened

Happening = Callable[[Cast, Database, Tokens], Awaitable[object]]


@pytest.fixture(scope="module")
def url(dsn: str, settings: Settings) -> Iterator[str]:
    """Return the address of the real application on a socket."""
    with serving(create_app(settings, dsn), settings) as url:
        yield url


async def code_of(client: httpx.AsyncClient, tokens: Tokens) -> str:
    """Return the code with which the access token is refused."""
    response = await post(client, "{ me { email } }", headers=bearer(tokens))
    assert response.status_code == 401
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


async def expiry(cast: Cast, database: Database, tokens: Tokens) -> None:
    await turn_back(database, Session.access_expires_at, timedelta(minutes=11))


async def refreshed(cast: Cast, database: Database, tokens: Tokens) -> None:
    await refresh(cast.client, tokens["refreshToken"])


async def refreshed_twice(cast: Cast, database: Database, tokens: Tokens) -> None:
    second = await refresh(cast.client, tokens["refreshToken"])
    await refresh(cast.client, second["refreshToken"])


async def reauthenticated(cast: Cast, database: Database, tokens: Tokens) -> None:
    assert (await reauthenticate(cast.client, bearer(tokens))).status_code == 200


async def reauthenticated_then_refreshed(cast: Cast, database: Database, tokens: Tokens) -> None:
    await reauthenticated(cast, database, tokens)
    await refreshed(cast, database, tokens)


MENDED: list[Happening] = [expiry, refreshed, refreshed_twice, reauthenticated, reauthenticated_then_refreshed]


async def signed_out(cast: Cast, database: Database, tokens: Tokens) -> None:
    await post(cast.client, "mutation { signOut { userErrors { code } } }", headers=bearer(tokens))


async def suspended(cast: Cast, database: Database, tokens: Tokens) -> None:
    await suspend(database, "member")


async def session_expired(cast: Cast, database: Database, tokens: Tokens) -> None:
    async with database.sessions.begin() as db:
        await db.execute(update(Session).values(expires_at=now()))


OVER: list[Happening] = [signed_out, suspended, session_expired]


@pytest.mark.parametrize("happening", MENDED)
async def test_token_that_a_refresh_mends_is_told_so(cast: Cast, database: Database, happening: Happening) -> None:
    tokens = await tokens_of(cast.client, "member")
    await happening(cast, database, tokens)
    assert await code_of(cast.client, tokens) == "TOKEN_EXPIRED"


@pytest.mark.parametrize("before", [None, *MENDED])
@pytest.mark.parametrize("end", OVER)
async def test_token_of_an_ended_session_is_told_to_sign_in(
    cast: Cast, database: Database, end: Happening, before: Happening | None
) -> None:
    tokens = await tokens_of(cast.client, "member")
    newest = dict(tokens)
    if before is not None:
        await before(cast, database, tokens)
        newest = await refresh(cast.client, tokens["refreshToken"])
    await end(cast, database, newest)
    assert await code_of(cast.client, tokens) == "UNAUTHENTICATED"


async def test_forged_token_is_told_nothing_of_sessions(cast: Cast, database: Database) -> None:
    tokens = await tokens_of(cast.client, "member")
    await refreshed_twice(cast, database, tokens)
    for forged in (tokens["accessToken"][:-1] + "A", tokens["refreshToken"], f"acc_{'a' * 43}", "acc_", "x"):
        assert await code_of(cast.client, {"accessToken": forged}) == "UNAUTHENTICATED"


async def test_socket_tells_refresh_from_sign_in(cast: Cast, database: Database, url: str) -> None:
    tokens = await tokens_of(cast.client, "member")
    await refresh(cast.client, tokens["refreshToken"])
    assert await closed_with(url, tokens["accessToken"]) == (
        4403,
        "The access token has expired or been replaced; refresh it and connect again",
    )
    await suspend(database, "member")
    for token in (tokens["accessToken"], f"acc_{'a' * 43}"):
        assert await closed_with(url, token) == (
            4401,
            "The access token is not valid, or its session has ended; sign in again",
        )


async def closed_with(url: str, token: str) -> tuple[int, str]:
    """Return code and reason with which a socket of that token is closed."""
    async with opened(url) as socket:
        await socket.say({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
        with pytest.raises(ConnectionClosed) as closed:
            await socket.hear()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason
