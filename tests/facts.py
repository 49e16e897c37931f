"""Rows put straight into the database, for tests that speak of the database itself."""

from uuid import UUID, uuid4

import asyncpg


async def add_account(
    connection: asyncpg.Connection, email_key: str | None, status: str = "ACTIVE", *, confirmed: bool = True
) -> UUID:
    """Add an account, and the proof of its e-mail."""
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
