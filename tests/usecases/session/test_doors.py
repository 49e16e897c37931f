"""A door without GraphQL does exactly what the API does, because the order of the steps stands in the use cases."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update

from auth.authentication import authenticate
from auth.passwords.hashing import HASHER
from auth.tokens import TokenKind
from models.account import Account
from models.audit import AuditResult
from models.message import Message
from models.session import Session
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import add_cast
from tests.schema.asking import account_of, audited
from tests.usecases.session.doors import ADDRESS, Door, api, form
from usecases.constant_time import PADDED_TIME
from usecases.demo import DOMAIN, PASSWORD

MEMBER = f"member@{DOMAIN}"
WEAK = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)


@pytest.fixture(params=["form", "api"])
async def door(request: pytest.FixtureRequest, database: Database, dsn: str, settings: Settings) -> AsyncIterator[Door]:
    """Return one door after the other, each to a database with the cast."""
    await add_cast(database)
    async with form(database) if request.param == "form" else api(dsn, settings) as opened:
        yield opened


async def count(database: Database, table: Any) -> int:
    async with database.sessions() as db:
        return await db.scalar(select(func.count()).select_from(table)) or 0


async def test_right_password_opens_a_session_and_is_audited(door: Door, database: Database) -> None:
    code, secret = await door.sign_in(MEMBER, PASSWORD)
    member = await account_of(database, "member")
    assert code == "done"
    assert (await authenticate(database.pool, TokenKind.ACCESS, secret)).account_id == member.id
    (entry,) = await audited(database, "session.signIn")
    assert (entry.result, entry.subject_id, str(entry.address)) == (AuditResult.DONE, member.id, ADDRESS)
    assert entry.changes == {"transport": "TOKEN"}


@pytest.mark.parametrize(
    ("who", "password", "known"),
    [("member", "wrong", True), ("nobody-here", PASSWORD, False), ("suspended", PASSWORD, True)],
)
async def test_failed_sign_in_is_recorded_after_the_same_work(
    door: Door, database: Database, who: str, password: str, known: bool
) -> None:
    runs = door.passwords.runs
    assert await door.sign_in(f"{who}@{DOMAIN}", password) == ("SIGN_IN_FAILED", "")
    assert door.passwords.runs == runs + 1
    (entry,) = await audited(database, "session.signIn")
    subject = (await account_of(database, who)).id if known else None
    assert (entry.result, entry.subject_id, str(entry.address)) == (AuditResult.REFUSED, subject, ADDRESS)
    assert entry.changes == {"reasons": ["SIGN_IN_FAILED"]}
    assert await count(database, Session) == 0


async def test_rate_limited_sign_in_checks_no_password(door: Door, database: Database) -> None:
    codes = [(await door.sign_in(MEMBER, "wrong"))[0] for _ in range(3)]
    runs = door.passwords.runs
    assert codes == ["SIGN_IN_FAILED"] * 3
    assert await door.sign_in(MEMBER, PASSWORD) == ("RATE_LIMITED", "")
    assert door.passwords.runs == runs
    assert len(await audited(database, "session.signIn")) == 3, "nothing was tried, so nothing is recorded"


async def test_sign_ins_at_once_cannot_pass_the_rate_limit(door: Door) -> None:
    answers = await asyncio.gather(*(door.sign_in(MEMBER, "wrong") for _ in range(6)))
    assert sorted(code for code, _ in answers) == ["RATE_LIMITED"] * 3 + ["SIGN_IN_FAILED"] * 3


async def test_weak_hash_is_upgraded_by_the_right_password(door: Door, database: Database) -> None:
    async with database.sessions.begin() as db:
        await db.execute(update(Account).where(Account.email_key == MEMBER).values(password_hash=WEAK))
    await door.sign_in(MEMBER, "wrong")
    assert (await account_of(database, "member")).password_hash == WEAK
    runs = door.passwords.runs
    assert (await door.sign_in(MEMBER, PASSWORD))[0] == "done"
    upgraded = (await account_of(database, "member")).password_hash
    assert upgraded is not None
    assert not HASHER.check_needs_rehash(upgraded)
    assert door.passwords.runs == runs + 2


async def test_reauthentication_is_counted_judged_and_audited(door: Door, database: Database) -> None:
    _, secret = await door.sign_in(MEMBER, PASSWORD)
    assert await door.reauthenticate(secret, "wrong") == ("SIGN_IN_FAILED", "")
    code, renewed = await door.reauthenticate(secret, PASSWORD)
    assert (code, renewed != secret) == ("done", True)
    member, runs = await account_of(database, "member"), door.passwords.runs
    assert (await authenticate(database.pool, TokenKind.ACCESS, renewed)).account_id == member.id
    assert await door.reauthenticate(renewed, PASSWORD) == ("RATE_LIMITED", "")
    assert door.passwords.runs == runs
    entries = await audited(database, "session.reauthenticate")
    assert [(entry.result, entry.actor_id, entry.subject_id) for entry in entries] == [
        (AuditResult.REFUSED, member.id, member.id),
        (AuditResult.DONE, member.id, member.id),
    ]


@pytest.mark.parametrize("who", ["member", "nobody-here"])
async def test_reset_request_is_padded_and_counted(door: Door, database: Database, who: str) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert (await door.request_reset(f"{who}@{DOMAIN}"))[0] == "done"
    assert loop.time() - began >= PADDED_TIME
    began = loop.time()
    assert (await door.request_reset(f"{who}@{DOMAIN}"))[0] == "RATE_LIMITED"
    assert loop.time() - began >= PADDED_TIME
    assert await count(database, Message) == (1 if who == "member" else 0)
    assert len(await audited(database, "account.passwordResetRequest")) == 1
