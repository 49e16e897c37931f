"""The letters that deeds have posted, and the secrets in them, as only their readers come to know them."""

from sqlalchemy import select

from models.message import Message
from server.db.database import Database
from usecases.mail.message_kind import MessageKind


async def letters(database: Database) -> list[tuple[str, str]]:
    """Return every letter and the address it goes to, oldest first."""
    async with database.sessions() as session:
        posted = await session.execute(select(Message.kind, Message.email).order_by(Message.id))
        return [(letter, email) for letter, email in posted]


async def tokens(database: Database, letter: MessageKind) -> list[str]:
    """Return the secrets of every letter of that kind, oldest first."""
    async with database.sessions() as session:
        posted = await session.scalars(select(Message.secrets).where(Message.kind == letter).order_by(Message.id))
        return [secrets["token"] for secrets in posted if secrets]


async def token(database: Database, letter: MessageKind) -> str:
    """Return the secret of the only letter of that kind."""
    (only,) = await tokens(database, letter)
    return only
