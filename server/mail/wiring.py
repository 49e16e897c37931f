"""Builds the mail worker from the settings, for its command and for the demo server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from server.config.errors import CommandFailedError
from server.config.setting_rules import sender_of
from server.config.settings import NOBODY_YET, Settings
from server.db.database import Database
from server.mail.rate_limit import DomainRateLimit
from server.mail.transports import folder_transport, smtp_transport
from server.mail.worker import MailWorker, OpenTransport
from usecases.mail.message_head import MessageHead

LAST_MESSAGES = 5.0  # seconds to finish messages when the server stops; later replies are lost, and delivery is unknown


def mail_worker(settings: Settings, database: Database) -> MailWorker:
    """Return a worker; raises CommandFailedError naming the missing setting."""
    head = MessageHead(settings.front_end, sender_of(settings.mail_from), settings.contact)
    domain_limit = DomainRateLimit(settings.mail_per_domain)
    return MailWorker(database.sessions, head, _transport(settings), domain_limit, settings.at_risk_for)


@asynccontextmanager
async def mail_sent_along(settings: Settings, database: Database) -> AsyncIterator[None]:
    """Run a worker beside the demo server, so that one command shows everything; elsewhere it has its own process."""
    if not (settings.shows_dev_mailbox or settings.smtp_url):
        yield
        return
    worker = mail_worker(settings, database)
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await asyncio.wait([running], timeout=LAST_MESSAGES)
        running.cancel()


def _transport(settings: Settings) -> OpenTransport:
    if settings.shows_dev_mailbox:
        return partial(folder_transport, settings.mailbox_folder)
    if settings.smtp_url is None:
        raise CommandFailedError("no mail can be sent: set OMAPOSTI_SMTP_URL to the mail server")
    if settings.environment == "production":
        _require_for_production(settings)
    return partial(smtp_transport, settings.smtp_url)


def _require_for_production(settings: Settings) -> None:
    if settings.public_url is None or not settings.public_url.startswith("https://"):
        raise CommandFailedError("links in messages need OMAPOSTI_PUBLIC_URL, an address that begins with https://")
    if settings.mail_from == NOBODY_YET:
        raise CommandFailedError("messages need OMAPOSTI_MAIL_FROM, a mailbox that takes the bounces")
