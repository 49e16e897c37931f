"""Enqueued messages and the secrets in them."""

from sqlalchemy import select

from models.message import Message
from server.db.database import Database
from usecases.mail.message_kind import MessageKind


async def messages(database: Database) -> list[tuple[str, str]]:
    """Return every message with its recipient, oldest first."""
    async with database.sessions() as db:
        enqueued = await db.execute(select(Message.kind, Message.email).order_by(Message.id))
        return [(kind, email) for kind, email in enqueued]


async def tokens(database: Database, kind: MessageKind) -> list[str]:
    """Return the secrets of every message of that kind, oldest first."""
    async with database.sessions() as db:
        enqueued = await db.scalars(select(Message.secrets).where(Message.kind == kind).order_by(Message.id))
        return [secrets["token"] for secrets in enqueued if secrets]


async def token(database: Database, kind: MessageKind) -> str:
    """Return the secret of the only message of that kind."""
    (only,) = await tokens(database, kind)
    return only
