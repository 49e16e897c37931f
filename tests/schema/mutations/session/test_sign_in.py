"""`signIn`: the session that a correct password opens, and its lifetime."""

import asyncio
import re
import unicodedata
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select, update
from starlette.applications import Starlette

from models.session import Session
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import (
    BROWSER,
    account_of,
    add_person,
    audited,
    cookie_of,
    post,
    sign_in,
    suspend,
    token_of,
)
from tests.schema.mutations.mutation_case import MutationCase
from tests.schema.mutations.session.session_facts import turn_back

CASE = MutationCase(
    mutation="signIn",
    done='{email: "member@demo.example", password: "%(password)s", transport: TOKEN}',
    refused='{email: "member@demo.example", password: "wrong", transport: TOKEN}',
    note="a second session",
)

ME = "{ me { email } }"


async def session_count(database: Database) -> int:
    async with database.sessions() as db:
        return await db.scalar(select(func.count()).select_from(Session)) or 0


async def email_seen(client: httpx.AsyncClient, headers: dict[str, str]) -> str | None:
    """Return the address of the account as which the API sees the sender of these headers."""
    data = (await post(client, ME, headers=headers)).json().get("data")
    return data["me"]["email"] if data and data["me"] else None


async def test_a_token_is_answered_and_is_good_as_a_bearer(cast: Cast) -> None:
    response = await sign_in(cast.client, "member")
    payload = response.json()["data"]["signIn"]
    assert payload["account"] == {"id": cast.ids["member"], "email": "member@demo.example"}
    assert payload["userErrors"] == []
    assert re.fullmatch(r"acc_[\w-]{43}", payload["accessToken"])
    assert "set-cookie" not in response.headers
    assert await email_seen(cast.client, {"Authorization": f"Bearer {payload['accessToken']}"}) == "member@demo.example"


async def test_a_cookie_is_set_for_browsers_and_its_value_is_not_in_the_answer(cast: Cast) -> None:
    response = await sign_in(cast.client, "member", transport="COOKIE", headers=BROWSER)
    assert response.json()["data"]["signIn"]["accessToken"] is None
    header, _ = response.headers.get_list("set-cookie")
    name, _, secret = header.partition(";")[0].partition("=")
    assert (name, bool(re.fullmatch(r"ses_[\w-]{43}", secret))) == ("__Host-session", True)
    attributes = {part.strip().lower() for part in header.split(";")[1:]}
    assert attributes >= {"path=/", "secure", "httponly", "samesite=lax"}
    assert not any(attribute.startswith("domain") for attribute in attributes)
    assert secret not in response.text
    assert await email_seen(cast.client, BROWSER | {"Cookie": f"__Host-session={secret}"}) == "member@demo.example"


@pytest.mark.parametrize(
    ("headers", "code", "advice"),
    [
        ({}, "CLIENT_HEADER_MISSING", "X-OmaPosti-Client"),
        ({"X-OmaPosti-Client": " "}, "CLIENT_HEADER_MISSING", "X-OmaPosti-Client"),
        (BROWSER | {"Origin": "https://evil.example"}, "ORIGIN_NOT_ALLOWED", "OMAPOSTI_ALLOWED_ORIGINS"),
        (BROWSER | {"Origin": "null"}, "ORIGIN_NOT_ALLOWED", "OMAPOSTI_ALLOWED_ORIGINS"),
        (BROWSER | {"Sec-Fetch-Site": "cross-site"}, "CROSS_SITE_REQUEST", "the same host name"),
    ],
    ids=str,
)
async def test_no_cookie_is_given_to_a_page_that_may_be_another_sites(
    cast: Cast, database: Database, headers: dict[str, str], code: str, advice: str
) -> None:
    before = await session_count(database)
    response = await sign_in(cast.client, "member", transport="COOKIE", headers=headers)
    assert response.json()["data"] == {"signIn": None}
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": code}
    assert advice in error["message"]
    assert "transport TOKEN" in error["message"]
    assert "set-cookie" not in response.headers
    assert await session_count(database) == before


async def test_every_sign_in_has_a_value_of_its_own(cast: Cast) -> None:
    assert await token_of(cast.client, "member") != await token_of(cast.client, "member")
    first, second = await cookie_of(cast.client, "member"), await cookie_of(cast.client, "member")
    assert first != second
    assert await email_seen(cast.client, first) == await email_seen(cast.client, second) == "member@demo.example"


@pytest.mark.parametrize("who", ["member", "administrator"])
async def test_the_session_a_browser_signs_in_from_ends(cast: Cast, who: str) -> None:
    former, elsewhere = await cookie_of(cast.client, "member"), await cookie_of(cast.client, "member")
    latter = await cookie_of(cast.client, who, headers=former)
    assert await email_seen(cast.client, former) is None
    assert await email_seen(cast.client, latter) == f"{who}@demo.example"
    assert await email_seen(cast.client, elsewhere) == "member@demo.example"


async def test_a_failed_sign_in_leaves_the_session_it_came_from(cast: Cast) -> None:
    headers = await cookie_of(cast.client, "member")
    await sign_in(cast.client, "member", "wrong", "COOKIE", headers)
    assert await email_seen(cast.client, headers) == "member@demo.example"


async def test_a_cookie_asked_for_by_token_leaves_the_tokens_session(cast: Cast) -> None:
    token = await token_of(cast.client, "member")
    await cookie_of(cast.client, "member", headers=token)
    assert await email_seen(cast.client, token) == "member@demo.example"


async def test_the_secrets_of_one_transport_are_worthless_in_the_other(cast: Cast) -> None:
    cookie, token = await cookie_of(cast.client, "member"), await token_of(cast.client, "member")
    session_secret, access_secret = cookie["Cookie"].partition("=")[2], token["Authorization"].partition(" ")[2]
    as_bearer = await post(cast.client, ME, headers={"Authorization": f"Bearer {session_secret}"})
    assert as_bearer.status_code == 401
    assert as_bearer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    as_cookie = await post(cast.client, ME, headers=BROWSER | {"Cookie": f"__Host-session={access_secret}"})
    assert as_cookie.json()["data"] == {"me": None}
    assert "max-age=0" in as_cookie.headers["set-cookie"].lower()
    swapped = {"Authorization": f"Bearer acc_{session_secret[4:]}"}
    assert (await post(cast.client, ME, headers=swapped)).status_code == 401


async def test_a_suspended_person_is_out_at_once_on_every_device(cast: Cast, database: Database) -> None:
    cookie, token = await cookie_of(cast.client, "member"), await token_of(cast.client, "member")
    await suspend(database, "member")
    assert await email_seen(cast.client, cookie) is None
    assert (await post(cast.client, ME, headers=token)).status_code == 401


async def test_a_session_is_over_when_its_time_has_come(cast: Cast, database: Database) -> None:
    cookie, token = await cookie_of(cast.client, "member"), await token_of(cast.client, "member")
    async with database.sessions.begin() as db:
        await db.execute(update(Session).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert await email_seen(cast.client, cookie) is None
    assert (await post(cast.client, ME, headers=token)).status_code == 401


@pytest.mark.parametrize("transport", ["COOKIE", "TOKEN"])
async def test_a_new_session_lasts_ninety_days_at_most(cast: Cast, database: Database, transport: str) -> None:
    await sign_in(cast.client, "member", transport=transport, headers=BROWSER)
    async with database.sessions() as db:
        newest = (await db.scalars(select(Session).order_by(Session.id.desc()).limit(1))).one()
    assert abs(newest.expires_at - datetime.now(UTC) - timedelta(days=90)) < timedelta(minutes=1)


async def test_an_access_token_is_good_for_ten_minutes_only(cast: Cast, database: Database) -> None:
    payload = (await sign_in(cast.client, "member")).json()["data"]["signIn"]
    told = datetime.fromisoformat(payload["expiresAt"])
    assert abs(told - datetime.now(UTC) - timedelta(minutes=10)) < timedelta(minutes=1)
    token = {"Authorization": f"Bearer {payload['accessToken']}"}
    await turn_back(database, Session.access_expires_at, timedelta(minutes=10, seconds=1))
    assert (await post(cast.client, ME, headers=token)).status_code == 401


@pytest.mark.parametrize(("idle", "alive"), [(timedelta(days=13, hours=23), True), (timedelta(days=14), False)])
async def test_a_cookie_that_nobody_uses_for_a_fortnight_is_over(
    cast: Cast, database: Database, idle: timedelta, alive: bool
) -> None:
    cookie, token = await cookie_of(cast.client, "member"), await token_of(cast.client, "member")
    await turn_back(database, Session.last_seen_at, idle)
    assert await email_seen(cast.client, cookie) == ("member@demo.example" if alive else None)
    assert await email_seen(cast.client, token) == "member@demo.example", "a token has its own end"


@pytest.mark.parametrize(("unseen", "written"), [(timedelta(seconds=50), False), (timedelta(seconds=70), True)])
async def test_the_last_use_is_noted_at_most_once_a_minute(
    cast: Cast, database: Database, unseen: timedelta, written: bool
) -> None:
    cookie = await cookie_of(cast.client, "member")
    await turn_back(database, Session.last_seen_at, unseen)
    for _ in range(3):
        assert await email_seen(cast.client, cookie)
    async with database.sessions() as db:
        newest = (await db.scalars(select(Session).order_by(Session.id.desc()).limit(1))).one()
    assert (datetime.now(UTC) - newest.last_seen_at < timedelta(seconds=40)) == written


SAME_MAILBOX = [
    ("liisa@demo.example", ["LIISA@DEMO.EXAMPLE", " liisa@demo.example  ", "Liisa@Demo.Example"]),
    (
        "liisa@pöly.example",
        ["liisa@PÖLY.example", unicodedata.normalize("NFD", "liisa@pöly.example"), "liisa@xn--ply-sna.example"],
    ),
]


@pytest.mark.parametrize(("email", "written"), [(email, one) for email, several in SAME_MAILBOX for one in several])
async def test_an_address_however_it_is_written_is_the_same_account(
    client: httpx.AsyncClient, database: Database, email: str, written: str
) -> None:
    await add_person(database, email)
    payload = (await sign_in(client, written)).json()["data"]["signIn"]
    assert payload["account"]["email"] == email


@pytest.mark.parametrize(
    "written", ["mike@ex\N{KELVIN SIGN}.example", "m\N{LATIN SMALL LETTER DOTLESS I}ke@exk.example"]
)
async def test_look_alike_address_matches_no_account(
    client: httpx.AsyncClient, database: Database, written: str
) -> None:
    await add_person(database, "mike@exk.example")
    payload = (await sign_in(client, written)).json()["data"]["signIn"]
    assert payload["account"] is None


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_a_password_typed_on_any_keyboard_fits(client: httpx.AsyncClient, database: Database, form: str) -> None:
    password = "äiti öljyää Åbon sillan é" * 3
    await add_person(database, "liisa@demo.example", unicodedata.normalize("NFC", password))
    typed = unicodedata.normalize("NFD" if form == "NFD" else "NFC", password)
    assert (await sign_in(client, "liisa", typed)).json()["data"]["signIn"]["userErrors"] == []


async def test_a_sign_in_leaves_one_audit_entry_that_holds_no_secret(cast: Cast, database: Database) -> None:
    before = len(await audited(database, "session.signIn"))
    response = await sign_in(cast.client, "member")
    *_, entry = entries = await audited(database, "session.signIn")
    assert len(entries) == before + 1
    assert (entry.result, entry.subject_id) == ("DONE", (await account_of(database, "member")).id)
    assert entry.changes == {"transport": "TOKEN"}
    assert (entry.request_id, entry.address) == (response.headers["x-request-id"], "127.0.0.1")


async def test_others_are_answered_while_passwords_are_checked(cast: Cast, app: Starlette) -> None:
    passwords = app.state.resources.passwords
    crowd = [asyncio.create_task(passwords.matches(None, "x")) for _ in range(40)]
    signing_in = asyncio.create_task(sign_in(cast.client, "member"))
    answer = await post(cast.client, "{ services { code } }")
    pending = sum(not task.done() for task in crowd)
    assert answer.json()["data"]["services"]
    assert pending > 0
    assert not signing_in.done()
    assert (await signing_in).json()["data"]["signIn"]["accessToken"]
    await asyncio.gather(*crowd)
