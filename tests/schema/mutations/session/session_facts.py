"""Sessions in tests: tokens of a sign-in, their refresh, and times moved into the past."""

from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from models.account import Account
from models.message import Message
from models.session import Session
from server.db.database import Database
from tests.schema.asking import post, sign_in
from usecases.demo import DOMAIN

REFRESH = """mutation($token: String!) { sessionRefresh(input: {refreshToken: $token}) {
  account { email } accessToken refreshToken expiresAt userErrors { code field message } } }"""

Tokens = dict[str, Any]


async def tokens_of(client: httpx.AsyncClient, who: str) -> Tokens:
    """Sign in as an app does, and return the payload."""
    payload: Tokens = (await sign_in(client, who)).json()["data"]["signIn"]
    assert payload["userErrors"] == []
    return payload


async def refresh(client: httpx.AsyncClient, token: str) -> Tokens:
    """Return the payload of `sessionRefresh`."""
    answer = (await post(client, REFRESH, {"token": token})).json()
    assert "errors" not in answer, answer
    payload: Tokens = answer["data"]["sessionRefresh"]
    return payload


def bearer(tokens: Tokens) -> dict[str, str]:
    """Return the header of a request with that access token."""
    return {"Authorization": f"Bearer {tokens['accessToken']}"}


async def alive(client: httpx.AsyncClient, headers: dict[str, str]) -> bool:
    """Return whether the sender of these headers is signed in."""
    answer = (await post(client, "{ me { id } }", headers=headers)).json()
    return bool(answer.get("data") and answer["data"]["me"])


async def turn_back(database: Database, column: InstrumentedAttribute[Any], by: timedelta) -> None:
    """Subtract the time from a column in every row, as if that much time had passed."""
    async with database.sessions.begin() as db:
        earlier = update(column.class_).values({column.key: column - by})
        await db.execute(earlier.execution_options(synchronize_session=False))


async def sessions_of(database: Database, who: str) -> list[Session]:
    """Return the sessions of one of the cast, oldest first, including ended ones."""
    async with database.sessions() as db:
        found = select(Session).join(Account).where(Account.email_key == f"{who}@{DOMAIN}").order_by(Session.id)
        return list(await db.scalars(found))


async def messages(database: Database, kind: str) -> list[Message]:
    """Return the messages of that kind, oldest first."""
    async with database.sessions() as db:
        return list(await db.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))
