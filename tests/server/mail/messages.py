"""Messages put into the outbox as actions do, and what became of them."""

from email.headerregistry import Address
from functools import partial

from sqlalchemy import select, update

from models.account import Language
from models.message import Message
from models.values.email import parse_email
from server.db.database import Database
from server.mail.rate_limit import DomainRateLimit
from server.mail.transports import smtp_transport
from server.mail.worker import MailWorker
from usecases.mail.enqueue import WITH_LINK, MessageKind, Recipient, enqueue_message
from usecases.mail.sender_details import SenderDetails

HEAD = SenderDetails("https://omaposti.example", Address("OmaPosti", "no-reply", "omaposti.example"))
TOKEN = "rst_" + "x" * 43


async def enqueued(
    database: Database,
    email: str = "liisa@posti.example",
    kind: MessageKind = MessageKind.PASSWORD_CHANGED,
    name: str = "Liisa",
    language: Language = Language.FI,
) -> None:
    """Post one message, with a token where it has a link."""
    address = parse_email(email)
    to = Recipient(None, address.delivery, address.key, language, name)
    async with database.sessions.begin() as db:
        enqueue_message(db, kind, to, {}, {"token": TOKEN} if kind in WITH_LINK else {})


def worker_for(database: Database, url: str, per_domain: int = 1000) -> MailWorker:
    """Return a worker for the mail server at that address."""
    return MailWorker(database.sessions, HEAD, partial(smtp_transport, url), DomainRateLimit(per_domain))


async def messages(database: Database) -> list[Message]:
    """Return all the messages, in the order they were enqueued."""
    async with database.sessions() as db:
        return list(await db.scalars(select(Message).order_by(Message.id)))


async def statuses(database: Database) -> list[str]:
    """Return where all the messages are."""
    return [message.status.value for message in await messages(database)]


async def change_messages(database: Database, **values: object) -> None:
    """Change all the messages, to move them in time."""
    async with database.sessions.begin() as db:
        await db.execute(update(Message).values(**values))
