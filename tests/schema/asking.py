"""Calls over HTTP, and views and changes of the database, for tests of the API."""

import asyncio
from typing import Any

import asyncpg
import httpx
from sqlalchemy import select, update
from structlog.testing import capture_logs

from auth.passwords.hashing import HASHER
from models.account import Account, AccountStatus, EmailConfirmation
from models.audit import AuditEntry
from models.values.email import parse_email
from server.db.database import Database
from usecases.demo import DOMAIN, PASSWORD

BROWSER = {"X-OmaPosti-Client": "tests"}
SIGN_IN = """mutation($email: String!, $password: String!, $transport: SignInTransport!, $device: String) {
  signIn(input: {email: $email, password: $password, transport: $transport, deviceToken: $device}) {
    account { id email } accessToken refreshToken deviceToken expiresAt userErrors { code field message }
  }
}"""


async def post(
    client: httpx.AsyncClient,
    query: str,
    variables: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """Return the response to an operation."""
    return await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


async def sign_in(
    client: httpx.AsyncClient,
    who: str,
    password: str = PASSWORD,
    transport: str = "TOKEN",
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """Return the response to a sign-in; a name without @ is one of the cast."""
    email = who if "@" in who else f"{who}@{DOMAIN}"
    return await post(client, SIGN_IN, {"email": email, "password": password, "transport": transport}, headers)


async def token_of(client: httpx.AsyncClient, who: str) -> dict[str, str]:
    """Sign in and return the `Authorization` header."""
    payload = (await sign_in(client, who)).json()["data"]["signIn"]
    return {"Authorization": f"Bearer {payload['accessToken']}"}


async def cookie_of(client: httpx.AsyncClient, who: str, headers: dict[str, str] | None = None) -> dict[str, str]:
    """Sign in as a browser does, and return the headers of its next request."""
    response = await sign_in(client, who, transport="COOKIE", headers=BROWSER | (headers or {}))
    return BROWSER | {"Cookie": response.headers["set-cookie"].partition(";")[0]}


async def statements(client: httpx.AsyncClient, who: str, password: str) -> int:
    """Return the number of statements of a sign-in, from the request's log line."""
    with capture_logs() as logs:
        await sign_in(client, who, password)
    (line,) = [entry for entry in logs if entry["event"] == "request"]
    count: int = line["statements"]
    return count


async def audited(database: Database, action: str) -> list[AuditEntry]:
    """Return the audit entries of an action, oldest first."""
    async with database.sessions() as db:
        entries = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return list(await db.scalars(entries))


async def account_of(database: Database, who: str) -> Account:
    """Return the present account of one of the cast."""
    async with database.sessions() as db:
        return (await db.scalars(select(Account).where(Account.email_key == f"{who}@{DOMAIN}"))).one()


async def suspend(database: Database, who: str) -> None:
    """Suspend the account of one of the cast."""
    async with database.sessions.begin() as db:
        found = update(Account).where(Account.email_key == f"{who}@{DOMAIN}")
        await db.execute(found.values(status=AccountStatus.SUSPENDED))


async def add_person(
    database: Database,
    email: str,
    password: str | None = PASSWORD,
    status: AccountStatus = AccountStatus.ACTIVE,
) -> None:
    """Add an account with that address and password, confirmed when it is active."""
    address = parse_email(email)
    account = Account(status=status, email=address.delivery, email_key=address.key, display_name="Liisa Lisätty")
    account.password_hash = None if password is None else HASHER.hash(password)
    async with database.sessions.begin() as db:
        db.add(account)
        await db.flush()
        if status is AccountStatus.ACTIVE:
            db.add(EmailConfirmation(account_id=account.id, email_key=address.key))


async def until_somebody_waits_for_a_lock(connection: asyncpg.Connection) -> None:
    """Wait until another connection to this database waits for a lock; fails after two seconds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(2):
        while not await connection.fetchval(waiting):  # noqa: ASYNC110 - the database has no event for it
            await asyncio.sleep(0.005)
