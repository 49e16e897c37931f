"""Messages put into the outbox as actions do, and their states."""

from datetime import timedelta
from email.headerregistry import Address
from functools import partial

from sqlalchemy import select, update

from models.account import Language
from models.db.clock import now
from models.message import Message
from models.values.email import parse_email
from server.db.database import Database
from server.mail.rate_limit import DomainRateLimit
from server.mail.transports import smtp_transport
from server.mail.worker import MailWorker
from usecases.mail.enqueue import NewMessage, Recipient, enqueue
from usecases.mail.facts import Fact, FactValue
from usecases.mail.message_head import MessageHead
from usecases.mail.message_kind import MessageKind

HEAD = MessageHead("https://omaposti.example", Address("OmaPosti", "no-reply", "omaposti.example"))
TOKEN = "rst_" + "x" * 43


def complete(kind: MessageKind, to: Recipient) -> NewMessage:
    """Return a message with the facts that its kind needs, and with a token if it has a link."""
    at = now()
    known: dict[Fact, FactValue] = {Fact.AT: at, Fact.UNTIL: at + timedelta(days=1), Fact.NEW_EMAIL: "uusi@x.example"}
    facts: dict[str, FactValue] = {fact: known.get(fact, "Aho Oy") for fact in kind.facts}
    return NewMessage(kind, to, facts, TOKEN if kind.any_link else None)


async def enqueued(
    database: Database,
    email: str = "liisa@posti.example",
    kind: MessageKind = MessageKind.PASSWORD_CHANGED,
    name: str = "Liisa",
    language: Language = Language.FI,
) -> None:
    """Put one message into the outbox."""
    address = parse_email(email)
    to = Recipient(None, address.delivery, address.key, language, name)
    async with database.sessions.begin() as db:
        enqueue(db, complete(kind, to), now())


def worker_for(database: Database, url: str, per_domain: int = 1000) -> MailWorker:
    """Return a worker for the mail server at that address."""
    return MailWorker(database.sessions, HEAD, partial(smtp_transport, url), DomainRateLimit(per_domain))


async def messages(database: Database) -> list[Message]:
    """Return all the messages, in the order they were enqueued."""
    async with database.sessions() as db:
        return list(await db.scalars(select(Message).order_by(Message.id)))


async def statuses(database: Database) -> list[str]:
    """Return the statuses of all messages."""
    return [message.status.value for message in await messages(database)]


async def change_messages(database: Database, **values: object) -> None:
    """Change all messages, for example their times."""
    async with database.sessions.begin() as db:
        await db.execute(update(Message).values(**values))
