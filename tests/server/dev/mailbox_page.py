"""The mailbox of a served application, filled by the real worker and used in a browser."""

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page

from server.config.settings import Settings
from server.db.database import Database
from server.mail.rate_limit import DomainRateLimit
from server.mail.transports import folder_transport
from server.mail.worker import MailWorker
from tests.server.mail.messages import HEAD, messages
from usecases.mail.message_head import MessageHead
from usecases.mail.message_kind import MessageKind


@dataclass(frozen=True, slots=True)
class ServedMailbox:
    """A server in development, its mailbox folder, and the worker that fills it."""

    address: str
    settings: Settings
    database: Database

    @property
    def folder(self) -> Path:
        """Return the folder of the messages."""
        return self.settings.mailbox_folder

    async def deliver(self) -> None:
        """Send the waiting messages, with links to this server."""
        head = MessageHead(self.address, HEAD.sender)
        await MailWorker(
            self.database.sessions, head, lambda: folder_transport(self.folder), DomainRateLimit(1000)
        ).drain()

    async def open_link(self, page: Page, kind: MessageKind) -> None:
        """Open the newest message of a kind, and its link, as the recipient would."""
        await self.deliver()
        *_, newest = [message for message in await messages(self.database) if message.kind == kind]
        await page.goto(f"{self.address}/dev/mailbox/{newest.id}")
        await page.frame_locator("iframe").locator('a[href*="#token="]').first.click()
        await page.locator("#form").wait_for()
