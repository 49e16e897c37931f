"""The database keeps an organization at risk exactly while its administrators cannot be reached."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from server.db.database import Database
from tests.facts import add_account, add_membership, add_organization
from tests.models.migrations.migrating import execute, move, values

BOUNCE = "UPDATE accounts SET email_undeliverable_at = now() WHERE id = $1"
AT_RISK = """UPDATE organizations SET administrators_at_risk_since = now(), administrators_at_risk_until = now()
    WHERE id = $1"""
SAFE = """UPDATE organizations SET administrators_at_risk_since = NULL, administrators_at_risk_until = NULL
    WHERE id = $1"""


@pytest.fixture
async def connection(database: Database, dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


@pytest.fixture
async def led(connection: asyncpg.Connection) -> tuple[UUID, UUID]:
    """Return an administrator and the organization that they lead alone."""
    account = await add_account(connection, "a@posti.example")
    async with connection.transaction():
        organization = await add_organization(connection, "ACTIVE")
        await add_membership(connection, account, organization, "ADMINISTRATOR")
    return account, organization


async def put_at_risk(connection: asyncpg.Connection, led: tuple[UUID, UUID]) -> None:
    async with connection.transaction():
        await connection.execute(BOUNCE, led[0])
        await connection.execute(AT_RISK, led[1])


async def test_bounce_of_last_administrator_without_a_risk_date_is_refused(
    connection: asyncpg.Connection, led: tuple[UUID, UUID]
) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await connection.execute(BOUNCE, led[0])
    assert refused.value.constraint_name == "effective_administrator"


async def test_risk_date_beside_an_effective_administrator_is_refused(
    connection: asyncpg.Connection, led: tuple[UUID, UUID]
) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await connection.execute(AT_RISK, led[1])
    assert refused.value.constraint_name == "risk_ends_with_its_cause"


ENDS = {
    "mail arrives again": "UPDATE accounts SET email_undeliverable_at = NULL",
    "another is appointed": "UPDATE memberships SET role = 'ADMINISTRATOR' WHERE role = 'MEMBER'",
}


@pytest.mark.parametrize("end", ENDS)
async def test_risk_that_outlasts_its_cause_is_refused(
    connection: asyncpg.Connection, led: tuple[UUID, UUID], end: str
) -> None:
    await add_membership(connection, await add_account(connection, "b@posti.example"), led[1], "MEMBER")
    await put_at_risk(connection, led)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await connection.execute(ENDS[end])
    assert refused.value.constraint_name == "risk_ends_with_its_cause"
    async with connection.transaction():
        await connection.execute(ENDS[end])
        await connection.execute(SAFE, led[1])


LOSSES = {
    "demoted": "UPDATE memberships SET role = 'MEMBER'",
    "removed": "UPDATE memberships SET status = 'ENDED', ended_at = now()",
    "closed": "UPDATE accounts SET status = 'CLOSED'",
    "declared safe": SAFE.partition("WHERE")[0],
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_the_unreachable_last_administrator_cannot_be_lost(
    connection: asyncpg.Connection, led: tuple[UUID, UUID], loss: str
) -> None:
    await put_at_risk(connection, led)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await connection.execute(LOSSES[loss])
    assert refused.value.constraint_name == "effective_administrator"


@pytest.mark.parametrize(
    "change",
    ["administrators_at_risk_until = NULL", "status = 'ADMINISTRATOR_VACANT'"],
)
async def test_a_risk_is_dated_whole_and_of_active_organizations_only(
    connection: asyncpg.Connection, led: tuple[UUID, UUID], change: str
) -> None:
    await put_at_risk(connection, led)
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(f"UPDATE organizations SET {change}")


SILENTLY_UNREACHABLE = [
    """INSERT INTO accounts (id, status, email, email_key, display_name, language)
    VALUES (gen_random_uuid(), 'ACTIVE', 'a@p.example', 'a@p.example', 'A', 'fi')""",
    "INSERT INTO email_confirmations SELECT id, email_key FROM accounts",
    """INSERT INTO organizations (id, status, identifier_scheme, identifier, name, name_sort_key)
    VALUES (gen_random_uuid(), 'AWAITING_ADMINISTRATOR', 'INTERNAL', '1', 'Oy', 'oy')""",
    """INSERT INTO memberships (id, account_id, organization_id, role, status)
    SELECT gen_random_uuid(), a.id, o.id, 'ADMINISTRATOR', 'ACTIVE' FROM accounts AS a, organizations AS o""",
    "UPDATE organizations SET status = 'ACTIVE'",
    "UPDATE accounts SET email_undeliverable_at = now()",
]
RISKS = "SELECT administrators_at_risk_until > now() + interval '13 days' FROM organizations"


async def test_migration_dates_organizations_already_at_risk(separate: Database) -> None:
    await move(separate, up="0009")
    for statement in SILENTLY_UNREACHABLE:
        await execute(separate, statement)
    await move(separate, up="0010")
    assert await values(separate, RISKS) == {True}
    await move(separate, down="0009")
    await execute(separate, "UPDATE accounts SET email_undeliverable_at = NULL")
    await move(separate, up="0010")
    assert await values(separate, RISKS) == {None}
