"""Dead links: used, replaced or cancelled while their message waited, so that the message is not true any more."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import digest
from models.message import Message
from usecases.mail.enqueue import TOKEN
from usecases.mail.message_kind import MessageKind


async def has_dead_link(db: AsyncSession, message: Message, kind: MessageKind) -> bool:
    """Return whether a message has no purpose except a link that no longer works."""
    link = kind.link
    if link is None or link.stored is None or message.account_id is None:
        return False
    held = digest(link.stored.token, (message.secrets or {}).get(TOKEN, ""))
    secret_hash = link.stored.secret_hash
    return await db.scalar(select(secret_hash).where(secret_hash == held, link.stored.is_open)) is None
