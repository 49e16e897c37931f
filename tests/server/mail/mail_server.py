"""SMTP server in this process that accepts, refuses, delays or drops messages as told."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

Step = Callable[["MailServer", SMTP, Envelope], Awaitable[str | None]]


@dataclass
class MailServer:
    """Received messages; `at_rcpt` and `at_data` may replace the normal reply."""

    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)  # replies to RCPT TO, by address
    at_mail: str | None = None
    at_data: Step | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        parsed = [message_from_bytes(raw, policy=POLICY) for raw in self.raw]
        return [mail for mail in parsed if isinstance(mail, EmailMessage)]

    @property
    def doubles(self) -> list[str]:
        """Return the ids of messages received more than once."""
        counted = Counter(str(mail["Message-ID"]) for mail in self.mails)
        return [identity for identity, count in counted.items() if count > 1]

    async def handle_MAIL(self, _: Any, session: Session, envelope: Envelope, address: str, __: Any) -> str:  # noqa: N802 - aiosmtpd's hook
        if self.at_mail is not None:
            return self.at_mail
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(self, _: Any, session: Session, envelope: Envelope, address: str, __: Any) -> str:  # noqa: N802 - aiosmtpd's hook
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's hook
        if self.at_data is not None:
            answer = await self.at_data(self, server, envelope)
            if answer is not None:
                return answer
        self.take(envelope)
        return "250 2.0.0 taken"

    def take(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.recipients.append(list(envelope.rcpt_tos))


@asynccontextmanager
async def mail_server(port: int = 0, taken: MailServer | None = None) -> AsyncIterator[MailServer]:
    """Serve on that port, or on a free one; `taken` continues with the messages of an earlier server."""
    mails = taken or MailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mails, loop=loop, hostname="mx.example"), "127.0.0.1", port)
    mails.port = server.sockets[0].getsockname()[1]
    try:
        yield mails
    finally:
        server.close()
        await server.wait_closed()


async def put_off(_: MailServer, __: SMTP, ___: Envelope) -> str:
    return "451 4.7.1 not now"


async def refuse(_: MailServer, __: SMTP, ___: Envelope) -> str:
    return "554 5.7.1 no"


async def take_and_drop(mails: MailServer, server: SMTP, envelope: Envelope) -> str:
    """Accept the message and break the connection before the reply."""
    mails.take(envelope)
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()
    return "250 never heard"


async def drop(_: MailServer, server: SMTP, __: Envelope) -> str:
    """Break the connection without accepting the message; the client cannot tell the difference."""
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()
    return "250 never heard"
