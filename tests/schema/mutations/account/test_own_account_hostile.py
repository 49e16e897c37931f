"""One's own account under hostile conditions: odd keyboards, endless input, many password checks at once."""

import asyncio
import time
import unicodedata

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import sign_in
from tests.schema.mutations.account.mailed import token
from tests.schema.mutations.account.own_account import PASSWORD, Payload, codes, do
from usecases.mail.message_kind import MessageKind

LIISA = {"email": "liisa@demo.example", "password": PASSWORD, "displayName": "Liisa Lisätty"}


@pytest.mark.parametrize(("typed", "later"), [("NFD", "NFC"), ("NFC", "NFD")])
async def test_b73_a_password_of_one_keyboard_fits_from_another(
    client: httpx.AsyncClient, database: Database, typed: str, later: str
) -> None:
    password = "pöllö älähti yöllä ääneen"
    forms = {form: unicodedata.normalize("NFC" if form == "NFC" else "NFD", password) for form in (typed, later)}
    await do(client, "signUp", LIISA | {"password": forms[typed]})
    given = {"token": await token(database, MessageKind.SIGN_UP_CONFIRM), "password": forms[later]}
    assert codes(await do(client, "emailConfirm", given)) == []
    assert (await sign_in(client, "liisa", forms[later])).json()["data"]["signIn"]["account"] is not None


ENDLESS = "a" + "\N{COMBINING ACUTE ACCENT}" * 20_000
FIELDS = [
    ("signUp", LIISA, "email"),
    ("signUp", LIISA, "displayName"),
    ("signUp", LIISA, "password"),
    ("passwordCheck", {}, "password"),
    ("passwordResetRequest", {}, "email"),
    ("emailConfirmationResend", {}, "email"),
    ("emailConfirm", {"password": PASSWORD}, "token"),
]


@pytest.mark.parametrize(("mutation", "given", "field"), FIELDS)
async def test_b71_endless_marks_cost_nothing_and_are_refused(
    client: httpx.AsyncClient, mutation: str, given: dict[str, str], field: str
) -> None:
    began = time.process_time()
    payload = await do(client, mutation, given | {field: ENDLESS})
    assert time.process_time() - began < 0.5
    assert len(codes(payload)) == 1


async def test_b71_a_check_looks_at_the_beginning_of_endless_words(client: httpx.AsyncClient) -> None:
    began = time.process_time()
    payload = await do(client, "passwordCheck", {"password": PASSWORD, "email": ENDLESS, "displayName": ENDLESS})
    assert time.process_time() - began < 0.5
    assert codes(payload) == []


HELD = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"


async def test_b82_no_transaction_is_open_while_a_password_is_worked_on(
    cast: Cast, database: Database, app: Starlette, dsn: str
) -> None:
    headers = {"Authorization": f"Bearer {cast.tokens['member']}"}
    await do(cast.client, "signUp", LIISA)
    await do(cast.client, "passwordResetRequest", {"email": "consumer@demo.example"})
    confirm = {"token": await token(database, MessageKind.SIGN_UP_CONFIRM), "password": PASSWORD}
    reset = {"token": await token(database, MessageKind.PASSWORD_RESET), "newPassword": PASSWORD}
    passwords = app.state.resources.passwords
    crowd = [asyncio.create_task(passwords.matches(None, "x")) for _ in range(12)]
    await asyncio.sleep(0)
    actions: list[asyncio.Task[Payload]] = [
        asyncio.create_task(do(cast.client, "signUp", LIISA | {"email": "uusi@demo.example"})),
        asyncio.create_task(do(cast.client, "emailConfirm", confirm)),
        asyncio.create_task(do(cast.client, "passwordReset", reset)),
        asyncio.create_task(do(cast.client, "passwordChange", {"newPassword": PASSWORD}, headers)),
    ]
    connection = await asyncpg.connect(dsn)
    try:
        looks = 0
        while not crowd[-1].done():  # the crowd's password checks come before those of the actions
            assert await connection.fetchval(HELD) == 0
            looks += 1
        assert looks > 3
    finally:
        await connection.close()
    assert [codes(payload) for payload in await asyncio.gather(*actions)] == [[], [], [], []]
