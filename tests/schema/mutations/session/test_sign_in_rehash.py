"""A password hash of weaker parameters than today's is replaced at the next sign-in, invisibly to the person."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update
from starlette.applications import Starlette

from auth.passwords.hashing import HASHER
from models.account import Account
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, audited, sign_in
from tests.schema.mutations.session.session_facts import alive, bearer, tokens_of
from usecases.demo import PASSWORD
from usecases.session.sign_in import VerifiedPassword, replace_hash

WEAK = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
SET_AT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
async def weakly(cast: Cast, database: Database) -> Cast:
    """Return the cast; the member's password is hashed under weak parameters."""
    async with database.sessions.begin() as db:
        kept = update(Account).where(Account.email_key == "member@demo.example")
        await db.execute(kept.values(password_hash=WEAK, password_set_at=SET_AT))
    return cast


async def test_the_next_sign_in_hashes_it_again(weakly: Cast, database: Database, app: Starlette) -> None:
    elsewhere = await tokens_of(weakly.client, "administrator")
    runs = app.state.resources.passwords.runs
    tokens = await tokens_of(weakly.client, "member")
    account = await account_of(database, "member")
    assert account.password_hash is not None
    assert not HASHER.check_needs_rehash(account.password_hash)
    assert (account.password_set_at, account.version) == (SET_AT, 1), "the password itself is the same"
    assert app.state.resources.passwords.runs == runs + 2
    assert await alive(weakly.client, bearer(tokens))
    assert await alive(weakly.client, bearer(elsewhere))
    await tokens_of(weakly.client, "member")
    assert app.state.resources.passwords.runs == runs + 3, "once is enough"
    assert (await account_of(database, "member")).password_hash == account.password_hash


async def test_a_wrong_password_hashes_nothing_again(weakly: Cast, database: Database, app: Starlette) -> None:
    runs = app.state.resources.passwords.runs
    await sign_in(weakly.client, "member", "wrong")
    assert app.state.resources.passwords.runs == runs + 1
    assert (await account_of(database, "member")).password_hash == WEAK


async def test_sign_ins_at_the_same_instant_all_succeed(weakly: Cast, database: Database) -> None:
    before = len(await audited(database, "session.signIn"))
    answers: list[Any] = await asyncio.gather(*(tokens_of(weakly.client, "member") for _ in range(6)))
    assert all(answer["accessToken"] for answer in answers)
    assert len(await audited(database, "session.signIn")) == before + 6


async def test_a_password_that_changed_meanwhile_is_not_brought_back(weakly: Cast, database: Database) -> None:
    member = await account_of(database, "member")
    changed = HASHER.hash("a quite different password")
    async with database.sessions.begin() as db:
        kept = update(Account).where(Account.id == member.id)
        await db.execute(kept.values(password_hash=changed, password_set_at=SET_AT + timedelta(days=1)))
        await replace_hash(db, VerifiedPassword(member.id, SET_AT), HASHER.hash(PASSWORD))
    assert (await account_of(database, "member")).password_hash == changed
