"""Invariants that the database enforces by itself, even against faulty code."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from server.db.database import Database
from server.db.migration import migrate
from tests.facts import add_account, add_membership, add_organization


@pytest.fixture
async def connection(database: Database, dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def test_a_second_account_with_the_same_email_key_is_refused(connection: asyncpg.Connection) -> None:
    await add_account(connection, "liisa@posti.example")
    with pytest.raises(asyncpg.UniqueViolationError):
        await add_account(connection, "liisa@posti.example")


@pytest.mark.parametrize("key", ["Liisa@posti.example", "liisa@säätiö.example", "liisa", "li isa@posti.example"])
async def test_an_email_key_that_is_not_canonical_is_refused(connection: asyncpg.Connection, key: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await add_account(connection, key)


async def test_an_erased_account_frees_its_email_and_keeps_nothing_of_it(connection: asyncpg.Connection) -> None:
    account = await add_account(connection, "liisa@posti.example", "CLOSED")
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("UPDATE accounts SET status = 'ERASED' WHERE id = $1", account)
    erase = "UPDATE accounts SET status = 'ERASED', email = NULL, email_key = NULL WHERE id = $1"
    await connection.execute(erase, account)
    await add_account(connection, "liisa@posti.example")


async def test_a_second_live_membership_is_refused_and_an_ended_one_may_return(connection: asyncpg.Connection) -> None:
    account, organization = await add_account(connection, "liisa@posti.example"), await add_organization(connection)
    membership = await add_membership(connection, account, organization, "MEMBER")
    with pytest.raises(asyncpg.UniqueViolationError):
        await add_membership(connection, account, organization, "MEMBER", "DORMANT")
    await connection.execute("UPDATE memberships SET status = 'ENDED', ended_at = now() WHERE id = $1", membership)
    await add_membership(connection, account, organization, "MEMBER")


@pytest.mark.parametrize(
    ("table", "insert_status", "move"),
    [("accounts", "ERASED", "ACTIVE"), ("accounts", "ACTIVE", "PENDING"), ("accounts", "ACTIVE", "UNVERIFIED")],
)
async def test_an_unnamed_move_of_an_account_is_refused(
    connection: asyncpg.Connection, table: str, insert_status: str, move: str
) -> None:
    account = await add_account(connection, None if insert_status == "ERASED" else "a@posti.example", insert_status)
    with pytest.raises(asyncpg.CheckViolationError, match="no deed moves"):
        await connection.execute(f"UPDATE {table} SET status = $2 WHERE id = $1", account, move)


async def test_an_ended_membership_is_never_revived(connection: asyncpg.Connection) -> None:
    account, organization = await add_account(connection, "a@posti.example"), await add_organization(connection)
    membership = await add_membership(connection, account, organization, "MEMBER")
    await connection.execute("UPDATE memberships SET status = 'ENDED', ended_at = now() WHERE id = $1", membership)
    with pytest.raises(asyncpg.CheckViolationError, match="no deed moves"):
        await connection.execute("UPDATE memberships SET status = 'ACTIVE', ended_at = NULL WHERE id = $1", membership)


async def active_organization(connection: asyncpg.Connection, *administrators: UUID) -> UUID:
    async with connection.transaction():
        organization = await add_organization(connection, status="ACTIVE")
        for account in administrators:
            await add_membership(connection, account, organization, "ADMINISTRATOR")
    return organization


async def test_organization_without_an_administrator_stays_inactive(connection: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="without an effective administrator"):
        await active_organization(connection)


@pytest.mark.parametrize("unfit", ["unconfirmed", "suspended", "dormant", "undeliverable"])
async def test_ineffective_administrator_does_not_count(connection: asyncpg.Connection, unfit: str) -> None:
    account = await add_account(
        connection,
        "a@posti.example",
        "SUSPENDED" if unfit == "suspended" else "ACTIVE",
        confirmed=unfit != "unconfirmed",
    )
    if unfit == "undeliverable":
        await connection.execute("UPDATE accounts SET email_undeliverable_at = now()")
    with pytest.raises(asyncpg.CheckViolationError, match="without an effective administrator"):
        async with connection.transaction():
            organization = await add_organization(connection, status="ACTIVE")
            status = "DORMANT" if unfit == "dormant" else "ACTIVE"
            await add_membership(connection, account, organization, "ADMINISTRATOR", status)


LOSSES = {
    "demoted": "UPDATE memberships SET role = 'MEMBER'",
    "removed": "UPDATE memberships SET status = 'ENDED', ended_at = now()",
    "deleted": "DELETE FROM memberships",
    "suspended": "UPDATE accounts SET status = 'SUSPENDED'",
    "closed": "UPDATE accounts SET status = 'CLOSED'",
    "moved to an unconfirmed address": "UPDATE accounts SET email_key = 'other@posti.example'",
    "unconfirmed": "DELETE FROM email_confirmations",
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_the_last_administrator_cannot_be_lost(connection: asyncpg.Connection, loss: str) -> None:
    await active_organization(connection, await add_account(connection, "a@posti.example"))
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await connection.execute(LOSSES[loss])
    assert refused.value.constraint_name == "effective_administrator"


async def test_one_of_two_administrators_may_go(connection: asyncpg.Connection) -> None:
    one, other = await add_account(connection, "a@posti.example"), await add_account(connection, "b@posti.example")
    await active_organization(connection, one, other)
    await connection.execute("UPDATE memberships SET role = 'MEMBER' WHERE account_id = $1", one)
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("UPDATE memberships SET role = 'MEMBER' WHERE account_id = $1", other)


async def test_erasure_may_leave_an_organization_vacant(connection: asyncpg.Connection) -> None:
    account = await add_account(connection, "a@posti.example")
    organization = await active_organization(connection, account)
    async with connection.transaction():
        await connection.execute("UPDATE accounts SET status = 'CLOSED' WHERE id = $1", account)
        await connection.execute("UPDATE organizations SET status = 'ADMINISTRATOR_VACANT' WHERE id = $1", organization)
    assert await connection.fetchval("SELECT status FROM organizations") == "ADMINISTRATOR_VACANT"


async def race_two_administrators(dsn: str, rounds: int) -> None:
    """Let two administrators demote each other at the same instant, many times."""
    first, second = [await asyncpg.connect(dsn) for _ in range(2)]
    try:
        one, other = await add_account(first, "a@posti.example"), await add_account(first, "b@posti.example")
        organization = await active_organization(first, one, other)
        for _ in range(rounds):
            together = asyncio.Barrier(2)

            async def demote(connection: asyncpg.Connection, whom: UUID, together: asyncio.Barrier = together) -> bool:
                await together.wait()
                try:
                    await connection.execute("UPDATE memberships SET role = 'MEMBER' WHERE account_id = $1", whom)
                except (asyncpg.CheckViolationError, asyncpg.DeadlockDetectedError):
                    return False
                return True

            done = await asyncio.gather(demote(first, other), demote(second, one))
            left = await first.fetchval(
                "SELECT count(*) FROM memberships WHERE organization_id = $1 AND role = 'ADMINISTRATOR'", organization
            )
            assert sorted(done) == [False, True]
            assert left == 1
            await first.execute("UPDATE memberships SET role = 'ADMINISTRATOR'")
    finally:
        await first.close()
        await second.close()


async def test_two_administrators_who_demote_each_other_leave_one(database: Database, dsn: str) -> None:
    await race_two_administrators(dsn, rounds=50)


@pytest.mark.long
async def test_two_administrators_who_demote_each_other_leave_one_every_time(database: Database, dsn: str) -> None:
    await race_two_administrators(dsn, rounds=1000)


REWRITES = ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"]
ENTRY = "INSERT INTO audit_entries (id, action, result, changes) VALUES (gen_random_uuid(), 'test', 'DONE', '{}')"


@pytest.mark.parametrize("rewrite", REWRITES)
async def test_history_is_append_only_even_for_the_owner(connection: asyncpg.Connection, rewrite: str) -> None:
    await connection.execute(ENTRY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await connection.execute(rewrite)
    assert await connection.fetchval("SELECT action FROM audit_entries") == "test"


@pytest.mark.parametrize("rewrite", REWRITES)
async def test_the_applications_role_has_no_right_to_rewrite_history(
    connection: asyncpg.Connection, opened: Database, rewrite: str
) -> None:
    await connection.execute("DROP ROLE IF EXISTS some_application; CREATE ROLE some_application")
    await migrate(opened.engine, "some_application")
    try:
        await connection.execute("SET ROLE some_application")
        await connection.execute(ENTRY)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await connection.execute(rewrite)
    finally:
        await connection.execute("RESET ROLE; DROP OWNED BY some_application; DROP ROLE some_application")
