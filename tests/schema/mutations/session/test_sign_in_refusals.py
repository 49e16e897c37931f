"""`signIn` that fails: one answer, the same work and one audit entry for every reason."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from auth.passwords.hashing import HASHER, QUEUE, PasswordWork
from models.account import AccountStatus
from models.session import Session
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import (
    SIGN_IN,
    account_of,
    add_person,
    audited,
    post,
    sign_in,
    statements,
    until_somebody_waits_for_a_lock,
)
from usecases.demo import PASSWORD

FAILURES = {
    "wrong password": ("member", "wrong"),
    "unknown address": ("unknown", PASSWORD),
    "suspended, right password": ("suspended", PASSWORD),
    "suspended, wrong password": ("suspended", "wrong"),
    "not confirmed yet": ("unverified", PASSWORD),
    "imported, not claimed yet": ("pending", PASSWORD),
    "without a password": ("passwordless", PASSWORD),
    "without a password, none given": ("passwordless", ""),
    "longer than any password": ("member", PASSWORD * 100),
    "2,000 characters": ("member", "x" * 2000),
}
REFUSED = {
    "data": {
        "signIn": {
            "account": None,
            "accessToken": None,
            "refreshToken": None,
            "deviceToken": None,
            "expiresAt": None,
            "userErrors": [
                {
                    "code": "SIGN_IN_FAILED",
                    "field": None,
                    "message": "Sähköpostiosoite tai salasana on väärä. Tarkista molemmat tai aseta uusi salasana.",
                }
            ],
        }
    }
}


@pytest.fixture
async def everyone(cast: Cast, database: Database) -> Cast:
    """Return the cast, and one person for each reason of failure."""
    await add_person(database, "unverified@demo.example", status=AccountStatus.UNVERIFIED)
    await add_person(database, "pending@demo.example", status=AccountStatus.PENDING)
    await add_person(database, "passwordless@demo.example", password=None)
    return cast


@pytest.mark.parametrize("transport", ["TOKEN", "COOKIE"])
async def test_every_failure_is_answered_alike(everyone: Cast, transport: str) -> None:
    headers = {"X-OmaPosti-Client": "tests"}
    responses = [
        await sign_in(everyone.client, who, password, transport, headers) for who, password in FAILURES.values()
    ]
    assert [response.json() for response in responses] == [REFUSED] * len(FAILURES)
    assert len({response.content for response in responses}) == 1
    differing = {"x-request-id"}
    seen = [{k: v for k, v in response.headers.items() if k not in differing} for response in responses]
    assert all(one == seen[0] for one in seen)
    assert {response.status_code for response in responses} == {200}


@pytest.mark.parametrize("why", FAILURES)
async def test_every_failure_takes_the_same_work(everyone: Cast, app: Starlette, why: str) -> None:
    passwords: PasswordWork = app.state.resources.passwords
    expected = await statements(everyone.client, "nobody-at-all", PASSWORD)
    before = passwords.runs
    assert await statements(everyone.client, *FAILURES[why]) == expected
    assert passwords.runs == before + 1


async def test_a_success_takes_one_check_as_well(everyone: Cast, app: Starlette) -> None:
    before = app.state.resources.passwords.runs
    await sign_in(everyone.client, "member")
    assert app.state.resources.passwords.runs == before + 1


@pytest.mark.parametrize("why", FAILURES)
async def test_a_failure_opens_no_session_and_leaves_one_audit_entry(
    everyone: Cast, database: Database, why: str
) -> None:
    who, password = FAILURES[why]
    before = len(await audited(database, "session.signIn"))
    sessions = await session_count(database)
    response = await sign_in(everyone.client, who, password)
    *_, entry = entries = await audited(database, "session.signIn")
    assert len(entries) == before + 1
    assert (entry.result, entry.changes) == ("REFUSED", {"reasons": ["SIGN_IN_FAILED"]})
    assert entry.subject_id == (None if who == "unknown" else (await account_of(database, who)).id)
    assert entry.request_id == response.headers["x-request-id"]
    assert await session_count(database) == sessions


async def session_count(database: Database) -> int:
    async with database.sessions() as db:
        return await db.scalar(select(func.count()).select_from(Session)) or 0


@pytest.mark.parametrize("email", ["", "no-at-sign", "a@b@c.fi", "ä@demo.example", "x" * 5000 + "@demo.example"])
async def test_malformed_address_is_refused_like_an_unknown_one(cast: Cast, app: Starlette, email: str) -> None:
    before = app.state.resources.passwords.runs
    variables = {"email": email, "password": PASSWORD, "transport": "TOKEN"}
    assert (await post(cast.client, SIGN_IN, variables)).json() == REFUSED
    assert app.state.resources.passwords.runs == before + 1


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("sv", "E-postadressen eller lösenordet är fel. Kontrollera båda eller välj ett nytt lösenord."),
        (
            "en-GB,fi;q=0.5",
            "The e-mail address or the password is wrong. Check both, or set a new password.",
        ),
    ],
)
async def test_the_refusal_is_in_the_language_asked_for(cast: Cast, language: str, message: str) -> None:
    response = await sign_in(cast.client, "member", "wrong", headers={"Accept-Language": language})
    assert response.json()["data"]["signIn"]["userErrors"][0]["message"] == message


HOSTILE = {
    "NUL in the password": (rb'"a\u0000b"', 400),
    "lone surrogate in the password": (rb'"a\ud800b"', 400),
    "a number": (b"17", 200),
    "a list": (b'["a"]', 200),
    "null": (b"null", 200),
    "1 MB": (b'"' + b"x" * 1024 * 1024 + b'"', 413),
}


@pytest.mark.parametrize("which", HOSTILE)
async def test_a_hostile_password_is_refused_before_any_work(cast: Cast, app: Starlette, which: str) -> None:
    written, status = HOSTILE[which]
    before = app.state.resources.passwords.runs
    query = b'"mutation($p: String!) { signIn(input: {email: \\"x@y.fi\\", password: $p}) { accessToken } }"'
    body = b'{"query": ' + query + b', "variables": {"p": ' + written + b"}}"
    response = await cast.client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    assert "data" not in response.json()
    assert response.json()["errors"][0]["extensions"]["code"] in {"BAD_USER_INPUT", "BAD_REQUEST", "BODY_TOO_LARGE"}
    assert app.state.resources.passwords.runs == before


CHANGES = {
    "their password": """UPDATE accounts SET password_hash = $1, password_set_at = now()
        WHERE email_key = 'member@demo.example'""",
    "their status": "UPDATE accounts SET status = 'SUSPENDED' WHERE email_key = 'member@demo.example' AND $1 <> ''",
}


@pytest.mark.parametrize("what", CHANGES)
async def test_change_during_the_password_check_refuses_the_sign_in(
    cast: Cast, database: Database, dsn: str, what: str
) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        sessions = await session_count(database)
        async with connection.transaction():
            await connection.execute(CHANGES[what], HASHER.hash("another password"))
            signing_in = asyncio.create_task(sign_in(cast.client, "member"))
            await until_somebody_waits_for_a_lock(connection)
        assert (await signing_in).json() == REFUSED
        assert await session_count(database) == sessions
    finally:
        await connection.close()


async def test_when_too_many_wait_the_next_is_told_to_come_back(cast: Cast, app: Starlette) -> None:
    passwords: PasswordWork = app.state.resources.passwords
    crowd = [asyncio.create_task(passwords.matches(None, "x")) for _ in range(QUEUE)]
    await asyncio.sleep(0)  # each task takes its place in the queue
    response = await sign_in(cast.client, "member")
    await cancel(crowd)
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert (await sign_in(cast.client, "member")).json()["data"]["signIn"]["userErrors"] == []


async def cancel(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_sign_in_cannot_be_tried_by_get(client: httpx.AsyncClient) -> None:
    query = 'mutation { signIn(input: {email: "x@y.fi", password: "x"}) { accessToken } }'
    assert (await client.get("/graphql", params={"query": query})).status_code == 405
