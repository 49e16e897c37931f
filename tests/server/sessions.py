"""Sessions inserted directly into the database, for tests of authentication."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg

from auth.tokens import TokenKind, issue
from tests.facts import add_account


async def add_session(
    dsn: str, kind: TokenKind, *, lives: timedelta = timedelta(hours=1), token_lives: timedelta | None = None
) -> str:
    """Add an account with one session and return the session's secret, which may expire before the session."""
    secret, digest = issue(kind)
    transport, column = ("COOKIE", "cookie_hash") if kind is TokenKind.COOKIE else ("TOKEN", "access_hash")
    connection = await asyncpg.connect(dsn)
    try:
        account: UUID = await add_account(connection, f"{uuid4()}@example.com")
        await connection.execute(
            f"INSERT INTO sessions (id, account_id, transport, {column}, expires_at, access_expires_at) "
            "VALUES ($1, $2, $3, $4, now() + $5, now() + $6)",
            uuid4(),
            account,
            transport,
            digest,
            lives,
            token_lives,
        )
    finally:
        await connection.close()
    return secret
