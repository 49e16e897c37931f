"""Rows inserted directly into the database, for tests of the database itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg

from server.db.database import Database


async def add_account(
    connection: asyncpg.Connection, email_key: str | None, status: str = "ACTIVE", *, confirmed: bool = True
) -> UUID:
    """Add an account and the confirmation of its e-mail address."""
    account = uuid4()
    await connection.execute(
        "INSERT INTO accounts (id, status, email, email_key, display_name, language) "
        "VALUES ($1, $2, $3, $3, 'Liisa', 'fi')",
        account,
        status,
        email_key,
    )
    if confirmed and email_key is not None:
        await connection.execute("INSERT INTO email_confirmations VALUES ($1, $2)", account, email_key)
    return account


async def add_organization(connection: asyncpg.Connection, status: str = "AWAITING_ADMINISTRATOR") -> UUID:
    """Add an organization with an internal identifier."""
    organization = uuid4()
    await connection.execute(
        "INSERT INTO organizations (id, status, identifier_scheme, identifier, name, name_sort_key) "
        "VALUES ($1, $2, 'INTERNAL', $3, 'Yritys', 'yritys')",
        organization,
        status,
        str(organization),
    )
    return organization


async def add_membership(
    connection: asyncpg.Connection, account: UUID, organization: UUID, role: str, status: str = "ACTIVE"
) -> UUID:
    """Add a membership."""
    membership = uuid4()
    await connection.execute(
        "INSERT INTO memberships (id, account_id, organization_id, role, status) VALUES ($1, $2, $3, $4, $5)",
        membership,
        account,
        organization,
        role,
        status,
    )
    return membership


async def add_legacy_code(connection: asyncpg.Connection, status: str, *, code: str = "EXT1") -> UUID:
    """Add an old code of the Extranet."""
    legacy_code = uuid4()
    await connection.execute(
        "INSERT INTO legacy_codes (id, service_id, code, code_key, kind, status) "
        "SELECT $1, id, $2, $2, 'PERSON', $3 FROM services WHERE code = 'EXTRANET'",
        legacy_code,
        code,
        status,
    )
    return legacy_code


@asynccontextmanager
async def driver_connection(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """Borrow a connection of the driver from a database and commit what is done on it."""
    async with database.engine.begin() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, asyncpg.Connection)
        yield driver
