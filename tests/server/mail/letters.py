"""Letters put into the outbox as deeds do, and what became of them."""

from email.headerregistry import Address
from functools import partial

from sqlalchemy import select, update

from models.account import Language
from models.message import Message
from models.values.email import parse_email
from server.db.database import Database
from server.mail.rate_limit import Pace
from server.mail.transports import smtp_carrier
from server.mail.worker import MailWorker
from usecases.mail.letter import Letterhead
from usecases.mail.post import WITH_LINK, Letter, Recipient, post

HEAD = Letterhead("https://omaposti.example", Address("OmaPosti", "no-reply", "omaposti.example"))
TOKEN = "rst_" + "x" * 43


async def posted(
    database: Database,
    email: str = "liisa@posti.example",
    letter: Letter = Letter.PASSWORD_CHANGED,
    name: str = "Liisa",
    language: Language = Language.FI,
) -> None:
    """Post one letter, with a token where it has a link."""
    address = parse_email(email)
    to = Recipient(None, address.delivery, address.key, language, name)
    async with database.sessions.begin() as session:
        post(session, letter, to, {}, {"token": TOKEN} if letter in WITH_LINK else {})


def worker_for(database: Database, url: str, per_domain: int = 1000) -> MailWorker:
    """Return a worker for the mail server at that address."""
    return MailWorker(database.sessions, HEAD, partial(smtp_carrier, url), Pace(per_domain))


async def letters(database: Database) -> list[Message]:
    """Return all the letters, in the order they were posted."""
    async with database.sessions() as session:
        return list(await session.scalars(select(Message).order_by(Message.id)))


async def statuses(database: Database) -> list[str]:
    """Return where all the letters are."""
    return [letter.status.value for letter in await letters(database)]


async def change_letters(database: Database, **values: object) -> None:
    """Change all the letters, to move them in time."""
    async with database.sessions.begin() as session:
        await session.execute(update(Message).values(**values))
