"""Every mutation, done and refused, leaves exactly one entry in the audit; a new one that is not listed fails here."""

from typing import Any

import pytest
from sqlalchemy import func, select

from models.audit import AuditEntry
from schema.build import SCHEMA
from server.db.database import Database
from tests.cast import Cast
from tests.schema.mutations.mutation_cases import (
    DONE,
    NEW_PASSWORD,
    NOT_DEEDS,
    WELL_FORMED,
    Asker,
    ask,
    member_asking,
    prepare,
)
from usecases.audit.audit_chain import verify_chain
from usecases.demo import PASSWORD

REFUSED = {
    "signIn": '{email: "member@demo.example", password: "wrong", transport: TOKEN}',
    "sessionRefresh": '{refreshToken: "ref_%(well_formed)s"}',
    "sessionRevoke": '{id: "x"}',
    "reauthenticate": '{password: "wrong"}',
    "signUp": '{email: "x", password: "x", displayName: "x"}',
    "emailConfirm": '{token: "sup_%(well_formed)s"}',
    "emailConfirmationResend": '{email: "x"}',
    "passwordResetRequest": '{email: "x"}',
    "passwordReset": '{token: "rst_%(well_formed)s", newPassword: "%(new)s"}',
    "passwordChange": '{newPassword: "short"}',
    "emailChangeRequest": '{email: "x"}',
    "emailChangeConfirm": '{token: "chg_%(well_formed)s"}',
    "emailChangeRevert": '{token: "und_%(well_formed)s"}',
    "profileUpdate": '{version: 7, givenName: "Jussi"}',
    "accountCloseUndo": '{token: "cls_%(well_formed)s"}',
    "accountSecure": '{token: "alm_%(well_formed)s"}',
}

CALLS = [(name, given, "DONE") for name, given in DONE.items()] + [
    (name, given, "REFUSED") for name, given in REFUSED.items()
]


@pytest.fixture
async def asker(cast: Cast, database: Database) -> Asker:
    return await member_asking(cast, database)


def test_every_mutation_is_listed() -> None:
    assert SCHEMA.mutation_type is not None
    assert set(SCHEMA.mutation_type.fields) == set(DONE) | set(REFUSED) | set(NOT_DEEDS)


async def newest(database: Database) -> AuditEntry:
    """Return the newest entry."""
    async with database.sessions() as session:
        return (await session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))).one()


async def how_many(database: Database) -> int:
    """Return how many entries there are."""
    async with database.sessions() as session:
        return int(await session.scalar(select(func.count()).select_from(AuditEntry)) or 0)


@pytest.mark.parametrize(("name", "given", "result"), CALLS, ids=[f"{name} {result}" for name, _, result in CALLS])
async def test_b80_every_mutation_leaves_exactly_one_entry_with_who_and_whence(
    asker: Asker, database: Database, name: str, given: str | None, result: str
) -> None:
    if result == "DONE":
        await prepare(asker, database, name)
    before = await how_many(database)
    response = await ask(asker, name, given)
    answer: dict[str, Any] = response.json()
    assert "errors" not in answer, answer
    assert bool(answer["data"][name]["userErrors"]) == (result == "REFUSED"), answer
    assert await how_many(database) == before + 1
    entry = await newest(database)
    assert entry.result == result
    assert (entry.request_id, entry.address) == (response.headers["x-request-id"], "127.0.0.1")
    assert entry.user_agent == "Tester/1.0"
    assert (str(entry.session_id), entry.actor_id is not None) == (asker.session_id, True)
    assert not any(secret in str(entry.changes) for secret in (PASSWORD, NEW_PASSWORD, WELL_FORMED))
    async with database.sessions() as session:
        assert (await verify_chain(session, {}, lambda _: None)).broken is None
