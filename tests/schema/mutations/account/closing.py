"""Closing of accounts over HTTP, and times moved into the past, for tests of closing and erasure."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from models.db.clock import now
from models.mailed_secret import AccountClosure
from models.message import Message
from models.organization import Organization, OrganizationStatus
from models.session import Session
from server.db.database import Database
from tests.cast import NOBODY, Cast
from usecases.mail.message_kind import MessageKind

CLOSE = """mutation($input: AccountCloseInput) { accountClose(input: $input) {
  erasedAfter userErrors { code field message } } }"""
UNDO = """mutation($token: String!) { accountCloseUndo(input: {token: $token}) {
  userErrors { code field message } } }"""


async def close(cast: Cast, who: str, *, insist: bool | None = None) -> dict[str, Any]:
    """Return the payload of `accountClose`."""
    wishes = None if insist is None else {"leaveOrganizationsWithoutAdministrator": insist}
    answer = await cast.ask(who, CLOSE, {"input": wishes})
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"]["accountClose"]
    return payload


async def undo(cast: Cast, token: str) -> list[str]:
    """Return the codes of the user errors of `accountCloseUndo`."""
    answer = await cast.ask(NOBODY, UNDO, {"token": token})
    assert "errors" not in answer, answer
    return [error["code"] for error in answer["data"]["accountCloseUndo"]["userErrors"]]


async def mailed_token(database: Database) -> str:
    """Return the secret of the newest message about a closing."""
    async with database.sessions() as db:
        messages = select(Message).where(Message.kind == MessageKind.ACCOUNT_CLOSED).order_by(Message.id.desc())
        message = (await db.scalars(messages)).first()
    assert message is not None
    assert message.secrets is not None
    return str(message.secrets["token"])


async def let_grace_pass(database: Database, by: timedelta = timedelta(seconds=1)) -> None:
    """Move the end of every grace period to a moment ago."""
    async with database.sessions.begin() as db:
        await db.execute(update(AccountClosure).values(erase_after=now() - by))


async def let_reauthentication_age(database: Database) -> None:
    """Make every password proof eleven minutes old."""
    async with database.sessions.begin() as db:
        await db.execute(update(Session).values(reauthenticated_at=now() - timedelta(minutes=11)))


async def status_of(database: Database, identifier: str = "9200001-5") -> OrganizationStatus:
    """Return the status of an organization."""
    async with database.sessions() as db:
        found = select(Organization.status).where(Organization.identifier == identifier)
        return (await db.scalars(found)).one()


async def organization_id(database: Database, identifier: str = "9200001-5") -> UUID:
    """Return an organization's id."""
    async with database.sessions() as db:
        return (await db.scalars(select(Organization.id).where(Organization.identifier == identifier))).one()
