"""The audit chain holds under concurrency and shows every change, removal and insertion by any role."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from auth.viewer import AccountViewer
from models.audit import AuditEntry
from server.db.database import Database
from tests.facts import add_account
from usecases.audit.action import Action
from usecases.audit.audit_chain import ChainReport, Fault, Head, Heads, verify_chain
from usecases.audit.audit_record import Actor, AuditRecord, write_audit

AWKWARD = 'quote " backslash \\ tab \t ä € \N{PILE OF POO} \x7f \x1f / </script>'


@pytest.fixture
async def owner(database: Database, dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Yield a connection of the database's owner, who can switch triggers off."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def write(database: Database, subject: UUID | None = None, changes: dict[str, Any] | None = None) -> UUID:
    """Record an action of an account on itself and return the entry's id."""
    actor = Actor(AccountViewer({"account_id": subject}), request_id="r", address="192.0.2.7", user_agent="Firefox/143")
    async with database.sessions.begin() as db:
        write_audit(
            db,
            actor if subject else Actor(),
            AuditRecord(Action.PROFILE_UPDATE, subject, changes=changes or {"a": 1.50}),
        )
        (entry,) = [new for new in db.new if isinstance(new, AuditEntry)]
    return entry.id


async def verified(database: Database, noted: Heads | None = None) -> ChainReport:
    async with database.sessions() as db:
        return await verify_chain(db, noted or {}, lambda _: None)


async def test_every_entry_has_its_place_and_the_chain_holds(database: Database) -> None:
    person = uuid7()
    for changes in ({}, {"before": {"name": AWKWARD}}, {"n": [1, 1.0, 1e3, None, True]}, {"b": 1, "aa": {"z": 1}}):
        await write(database, person, changes)
    await write(database)
    async with database.sessions.begin() as db:
        actor = Actor(name=f"command line: {AWKWARD}", address=AWKWARD, user_agent=AWKWARD)
        write_audit(db, actor, AuditRecord(AWKWARD))  # type: ignore[arg-type] # a later version's action
    verdict = await verified(database)
    assert (verdict.broken, verdict.entries) == (None, 6)
    assert verdict.heads[person.bytes[-1] % 64].position >= 4
    assert verdict.heads[64].position == 1, "actions of the system have a lane of their own"


async def test_an_entry_that_is_rolled_back_leaves_no_gap(database: Database) -> None:
    person = uuid7()
    await write(database, person)
    async with database.sessions() as db:
        write_audit(db, Actor(), AuditRecord(Action.PROFILE_UPDATE, person))
        await db.flush()
        await db.rollback()
    await write(database, person)
    verdict = await verified(database)
    assert (verdict.broken, verdict.entries) == (None, 2)


@pytest.mark.parametrize("rounds", [30, pytest.param(500, marks=pytest.mark.long)])
async def test_actions_at_the_same_instant_never_fork_the_chain(database: Database, rounds: int) -> None:
    person, together = uuid7(), asyncio.Barrier(6)

    async def rival() -> None:
        for _ in range(rounds):
            await together.wait()
            await write(database, person)

    await asyncio.gather(*(rival() for _ in range(6)))
    verdict = await verified(database)
    assert (verdict.broken, verdict.entries) == (None, 6 * rounds)
    assert verdict.heads[person.bytes[-1] % 64].position == 6 * rounds


async def test_long_action_blocks_no_other_writer(database: Database) -> None:
    person = uuid7()
    async with database.sessions.begin() as db:
        write_audit(db, Actor(), AuditRecord(Action.PROFILE_UPDATE, person))
        await db.flush()
        async with asyncio.timeout(0.9):  # less than the lock timeout
            await write(database, person)
    assert (await verified(database)).broken is None


FORGERIES = {
    "another action": ("UPDATE audit_entries SET action = 'x' WHERE id = $1", Fault.ENTRY_CHANGED),
    "another result": ("UPDATE audit_entries SET result = 'REFUSED' WHERE id = $1", Fault.ENTRY_CHANGED),
    "another time": ("UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE id = $1", Fault.ENTRY_CHANGED),
    "another actor": ("UPDATE audit_entries SET actor_id = gen_random_uuid() WHERE id = $1", Fault.ENTRY_CHANGED),
    "another name": ("UPDATE audit_entries SET actor_name = 'x' WHERE id = $1", Fault.ENTRY_CHANGED),
    "another subject": ("UPDATE audit_entries SET subject_id = gen_random_uuid() WHERE id = $1", Fault.ENTRY_CHANGED),
    "an organization": ("UPDATE audit_entries SET organization_id = id WHERE id = $1", Fault.ENTRY_CHANGED),
    "another session": ("UPDATE audit_entries SET session_id = id WHERE id = $1", Fault.ENTRY_CHANGED),
    "another request": ("UPDATE audit_entries SET request_id = 'x' WHERE id = $1", Fault.ENTRY_CHANGED),
    "another address": ("UPDATE audit_entries SET address = '192.0.2.8' WHERE id = $1", Fault.ORIGIN_CHANGED),
    "another browser": ("UPDATE audit_entries SET user_agent = NULL WHERE id = $1", Fault.ORIGIN_CHANGED),
    "other changes": ("UPDATE audit_entries SET changes = '{\"a\": 2}' WHERE id = $1", Fault.CHANGES_CHANGED),
    "another salt": ("UPDATE audit_entries SET changes_salt = id WHERE id = $1", Fault.CHANGES_CHANGED),
    "an entry removed": ("DELETE FROM audit_entries WHERE id = $1", Fault.ENTRY_MISSING),
    "a link removed": ("DELETE FROM audit_links WHERE entry_id = $1", Fault.LINK_MISSING),
    "a digest replaced": ("UPDATE audit_links SET changes_digest = hash WHERE entry_id = $1", Fault.ENTRY_CHANGED),
    "a hash replaced": ("UPDATE audit_links SET hash = changes_digest WHERE entry_id = $1", Fault.ENTRY_CHANGED),
    "erased": (
        "UPDATE audit_entries SET changes = NULL, changes_salt = NULL WHERE id = $1",
        Fault.ERASED_WITHOUT_REASON,
    ),
    "its origin erased": (
        "UPDATE audit_entries SET address = NULL, user_agent = NULL, origin_salt = NULL WHERE id = $1",
        Fault.ERASED_WITHOUT_REASON,
    ),
}


@pytest.mark.parametrize("which", FORGERIES)
async def test_forgery_by_the_database_owner_is_detected_and_named(
    database: Database, owner: asyncpg.Connection, which: str
) -> None:
    person = uuid7()
    _, second, third = [await write(database, person) for _ in range(3)]
    statement, fault = FORGERIES[which]
    await owner.execute("SET session_replication_role = replica")
    await owner.execute(statement, second)
    broken = (await verified(database)).broken
    assert broken is not None
    assert (broken.fault, broken.entry_id) == (fault, third if which == "a link removed" else second)
    if fault is not Fault.ERASED_WITHOUT_REASON:
        assert (broken.lane, broken.position) == (person.bytes[-1] % 64, 3 if which == "a link removed" else 2)


async def test_entry_inserted_past_the_chain_is_detected(database: Database, owner: asyncpg.Connection) -> None:
    await write(database, uuid7())
    await owner.execute("SET session_replication_role = replica")
    forged = uuid4()
    columns = "INSERT INTO audit_entries (id, action, result, changes) VALUES ($1, 'forged', 'DONE', '{}')"
    await owner.execute(columns, forged)
    broken = (await verified(database)).broken
    assert broken is not None
    assert (broken.fault, broken.entry_id) == (Fault.NOT_CHAINED, forged)


async def test_truncated_history_is_detected_by_noted_heads(database: Database, owner: asyncpg.Connection) -> None:
    person = uuid7()
    await write(database, person)
    last = await write(database, person)
    noted = (await verified(database)).heads
    await write(database, person)
    assert (await verified(database, noted)).broken is None, "later entries are no break"
    await owner.execute("SET session_replication_role = replica")
    await owner.execute("DELETE FROM audit_links WHERE position >= 2")
    await owner.execute("DELETE FROM audit_entries WHERE id >= $1", last)
    assert (await verified(database)).broken is None, "without noted heads a truncated end cannot be detected"
    broken = (await verified(database, noted)).broken
    assert broken is not None
    assert (broken.fault, broken.position) == (Fault.NOTED_MISSING, 2)


async def test_rewritten_history_is_detected_by_noted_heads(database: Database) -> None:
    person = uuid7()
    await write(database, person)
    noted = {lane: Head(head.position, bytes(32)) for lane, head in (await verified(database)).heads.items()}
    broken = (await verified(database, noted)).broken
    assert broken is not None
    assert broken.fault is Fault.NOTED_CHANGED


REWRITES = [
    "UPDATE audit_entries SET address = '192.0.2.8'",
    "UPDATE audit_entries SET changes = '{}'",
    "UPDATE audit_entries SET action = 'x', changes = NULL, changes_salt = NULL",
    "UPDATE audit_links SET position = position + 1",
    "DELETE FROM audit_links",
    "TRUNCATE audit_links",
]


@pytest.mark.parametrize("rewrite", REWRITES)
async def test_triggers_refuse_changes_of_history(database: Database, owner: asyncpg.Connection, rewrite: str) -> None:
    await write(database, uuid7())
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await owner.execute(rewrite)


@pytest.mark.parametrize("status", ["ACTIVE", "CLOSED", None])
async def test_history_of_an_unerased_account_is_not_erased(
    database: Database, owner: asyncpg.Connection, status: str | None
) -> None:
    person = await add_account(owner, "a@posti.example", status) if status else uuid7()
    await write(database, person)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="is not erased"):
        await owner.execute("SELECT erase_from_audit($1)", person)


async def test_erasure_removes_personal_parts_and_the_chain_holds(
    database: Database, owner: asyncpg.Connection
) -> None:
    person, other = await add_account(owner, None, "ERASED"), uuid7()
    own = await write(database, person, {"before": {"name": "Liisa"}})
    others = await write(database, other)
    on_other = await owner.fetchval(
        "INSERT INTO audit_entries (id, action, result, actor_id, subject_id, address, changes) "
        "VALUES (gen_random_uuid(), 'role', 'DONE', $1, $2, '192.0.2.7', '{\"role\": \"MEMBER\"}') RETURNING id",
        person,
        other,
    )
    on_owner = await owner.fetchval(
        "INSERT INTO audit_entries (id, action, result, actor_id, subject_id, address, changes) "
        "VALUES (gen_random_uuid(), 'role', 'DONE', $2, $1, '192.0.2.9', '{\"role\": \"MEMBER\"}') RETURNING id",
        person,
        other,
    )
    assert await owner.fetchval("SELECT erase_from_audit($1)", person) == 3
    left = {
        row["id"]: (row["address"], row["changes"] and json.loads(row["changes"]))
        for row in await owner.fetch("SELECT id, address, changes FROM audit_entries")
    }
    assert left == {
        own: (None, None),
        others: ("192.0.2.7", {"a": 1.5}),
        on_other: (None, {"role": "MEMBER"}),
        on_owner: ("192.0.2.9", None),
    }
    verdict = await verified(database)
    assert (verdict.broken, verdict.entries) == (None, 4)
