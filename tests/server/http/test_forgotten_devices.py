"""Devices that a thief made known are forgotten by account recovery."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from auth.rate_limits import RateLimits
from models.db.clock import now
from models.device import Device
from models.message import Message
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import add_cast
from tests.schema.asking import BROWSER, SIGN_IN, post, sign_in
from tests.schema.mutations.account.closing import CLOSE, UNDO
from tests.schema.mutations.account.mailed import tokens
from tests.schema.mutations.account.own_account import do
from usecases.account.staff_sign_out import sign_out_everywhere
from usecases.audit.audit_record import Actor
from usecases.demo import PASSWORD
from usecases.mail.message_kind import MessageKind
from usecases.session.device import MOST_DEVICES

OWNER = "member@demo.example"
NEW = "vanhan myllyn kalat uivat"
STOLEN = 40

Recover: TypeAlias = Callable[[httpx.AsyncClient, Database, dict[str, str]], Awaitable[None]]


async def by_reset(client: httpx.AsyncClient, database: Database, _: dict[str, str]) -> None:
    await do(client, "passwordResetRequest", {"email": OWNER})
    (token,) = await tokens(database, MessageKind.PASSWORD_RESET)
    assert await do(client, "passwordReset", {"token": token, "newPassword": NEW}) == {"userErrors": []}


async def by_password_change(client: httpx.AsyncClient, _: Database, headers: dict[str, str]) -> None:
    assert not (await do(client, "passwordChange", {"newPassword": NEW}, headers))["userErrors"]


async def by_email_undo(client: httpx.AsyncClient, database: Database, headers: dict[str, str]) -> None:
    await do(client, "emailChangeRequest", {"email": "thief@posti.example"}, headers)
    (token,) = await tokens(database, MessageKind.EMAIL_CHANGE_CONFIRM)
    assert not (await do(client, "emailChangeConfirm", {"token": token}, headers))["userErrors"]
    (undo,) = await tokens(database, MessageKind.EMAIL_CHANGED_NOTICE)
    assert await do(client, "emailChangeRevert", {"token": undo}) == {"userErrors": []}
    (token,) = await tokens(database, MessageKind.PASSWORD_VOIDED)
    assert await do(client, "passwordReset", {"token": token, "newPassword": NEW}) == {"userErrors": []}


async def by_reopening(client: httpx.AsyncClient, database: Database, headers: dict[str, str]) -> None:
    assert not (await post(client, CLOSE, {}, headers)).json()["data"]["accountClose"]["userErrors"]
    (token,) = await tokens(database, MessageKind.ACCOUNT_CLOSED)
    assert not (await post(client, UNDO, {"token": token})).json()["data"]["accountCloseUndo"]["userErrors"]


async def by_staff(_: httpx.AsyncClient, database: Database, __: dict[str, str]) -> None:
    async with database.sessions.begin() as db:
        await sign_out_everywhere(db, Actor(name="staff"), OWNER, now=now())


RECOVERIES: dict[Recover, str] = {
    by_reset: NEW, by_password_change: NEW, by_email_undo: NEW, by_reopening: PASSWORD, by_staff: PASSWORD
}  # fmt: skip


@pytest.fixture
async def strict(database: Database, dsn: str, settings: Settings) -> AsyncIterator[Starlette]:
    await add_cast(database)
    app = create_app(replace(settings, rate_limits=RateLimits()), dsn)
    async with app.router.lifespan_context(app):
        yield app


def at(app: Starlette, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 50000))
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


async def sign_in_with(client: httpx.AsyncClient, password: str, device: str | None = None) -> dict[str, str | None]:
    """Return the result of a sign-in; `code` is that of its error or refusal."""
    variables = {"email": OWNER, "password": password, "transport": "TOKEN", "device": device}
    answer = (await post(client, SIGN_IN, variables)).json()
    if "errors" in answer:
        return {"code": answer["errors"][0]["extensions"]["code"]}
    payload: dict[str, str | None] = answer["data"]["signIn"]
    (refusal,) = answer["data"]["signIn"]["userErrors"] or [{"code": None}]
    return payload | {"code": refusal["code"]}


async def told(database: Database) -> int:
    async with database.sessions() as db:
        messages = (
            select(func.count()).select_from(Message).where(Message.kind == MessageKind.SIGNED_IN_FROM_NEW_DEVICE)
        )
        return await db.scalar(messages) or 0


async def test_known_devices_of_an_account_are_limited(strict: Starlette, database: Database) -> None:
    for number in range(MOST_DEVICES + 5):
        async with at(strict, f"192.0.2.{number}") as client:
            assert (await sign_in_with(client, PASSWORD))["code"] is None
    async with database.sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Device)) == MOST_DEVICES


@pytest.mark.parametrize("recover", RECOVERIES, ids=lambda recover: recover.__name__)
async def test_recovery_forgets_the_devices_of_a_thief(strict: Starlette, database: Database, recover: Recover) -> None:
    """Forty known devices had forty rate limits: 420 passwords could be tried from one address instead of ten."""
    stolen = []
    for number in range(STOLEN):
        async with at(strict, f"192.0.2.{number}") as client:
            stolen.append((await sign_in_with(client, PASSWORD))["deviceToken"])
    async with at(strict, "198.51.100.1") as client:
        signed_in = await sign_in_with(client, PASSWORD)
        await recover(client, database, {"Authorization": f"Bearer {signed_in['accessToken']}"})
    before = await told(database)
    async with at(strict, "203.0.113.1") as thief:
        tried = [(await sign_in_with(thief, f"wrong {n}", device))["code"] for n, device in enumerate(stolen)]
    assert tried.count("SIGN_IN_FAILED") == 10
    async with at(strict, "203.0.113.2") as thief:
        assert (await sign_in_with(thief, RECOVERIES[recover], stolen[-1]))["code"] is None
    assert await told(database) == before + 1, "although it was a known device before"


async def test_recovery_keeps_the_device_it_is_made_on(strict: Starlette, database: Database) -> None:
    async with at(strict, "198.51.100.1") as client:
        known = (await sign_in(client, "member", transport="COOKIE", headers=BROWSER)).headers.get_list("set-cookie")
        (device,) = [cookie.partition(";")[0] for cookie in known if cookie.startswith("__Host-device=")]
        client.headers.update(BROWSER | {"Cookie": device})
        await by_reset(client, database, {})
        again = await sign_in(client, "member", NEW, "COOKIE", BROWSER)
        assert again.json()["data"]["signIn"]["userErrors"] == []
    assert await told(database) == 0
