"""Puts the mail worker together from the settings, for the command and for the server that has it running along."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from server.cli.common import CommandFailedError
from server.config.setting_rules import sender_of
from server.config.settings import NOBODY_YET, Settings
from server.db.database import Database
from server.dev.mailbox import mailbox_folder
from server.mail.rate_limit import Pace
from server.mail.transports import folder_carrier, smtp_carrier
from server.mail.worker import MailWorker, OpenCarrier
from usecases.mail.message_head import MessageHead

LAST_LETTERS = 5.0  # seconds for what is being handed over when the server stops; later answers leave it in doubt


def mail_worker(settings: Settings, database: Database) -> MailWorker:
    """Return a worker; raises CommandFailedError naming the setting that is missing."""
    head = MessageHead(settings.front_end, sender_of(settings.mail_from), settings.contact)
    pace = Pace(settings.mail_per_domain)
    return MailWorker(database.sessions, head, _carrier(settings), pace, settings.at_risk_for)


@asynccontextmanager
async def mail_sent_along(settings: Settings, database: Database) -> AsyncIterator[None]:
    """Run a worker beside the server in the demo, so that one command shows everything; elsewhere it is its own."""
    if not (settings.shows_mailbox or settings.smtp_url):
        yield
        return
    worker = mail_worker(settings, database)
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await asyncio.wait([running], timeout=LAST_LETTERS)
        running.cancel()


def _carrier(settings: Settings) -> OpenCarrier:
    if settings.shows_mailbox:
        return partial(folder_carrier, mailbox_folder(settings))
    if settings.smtp_url is None:
        raise CommandFailedError("no mail can be sent: set OMAPOSTI_SMTP_URL to the mail server")
    if settings.environment == "production":
        _require_for_production(settings)
    return partial(smtp_carrier, settings.smtp_url)


def _require_for_production(settings: Settings) -> None:
    if settings.public_url is None or not settings.public_url.startswith("https://"):
        raise CommandFailedError("links in letters need OMAPOSTI_PUBLIC_URL, an address that begins with https://")
    if settings.mail_from == NOBODY_YET:
        raise CommandFailedError("letters need OMAPOSTI_MAIL_FROM, a mailbox that takes the bounces")
