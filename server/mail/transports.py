"""Mail transports: SMTP, or a folder of files in development."""

import os
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from usecases.mail.bounce import is_address_fault

SMTP_TIMEOUT = 60.0  # seconds; for each reply of the mail server
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS_CODES = {550, 551, 553}


class TransportUnavailableError(Exception):
    """The mail server is unreachable or refuses us: no message can be sent until that is corrected."""


class TemporaryFailureError(Exception):
    """The mail server does not accept this message now (4xx)."""


class DeliveryUnknownError(Exception):
    """The connection broke between content and reply: the mail server may have accepted the message."""


class PermanentFailureError(Exception):
    """The mail server will never accept this message (5xx); `address_fault` if the mailbox does not exist."""

    def __init__(self, reason: str, *, address_fault: bool = False) -> None:
        super().__init__(reason)
        self.address_fault = address_fault


class MailTransport(Protocol):
    """An open connection: `send_envelope` commits to nothing and may be repeated, `send_content` may not."""

    async def send_envelope(self, mail: EmailMessage) -> None:
        """Send sender and recipient.

        Raises TransportUnavailableError, TemporaryFailureError or PermanentFailureError.
        """

    async def send_content(self, mail: EmailMessage) -> None:
        """Send the content.

        Raises TemporaryFailureError or PermanentFailureError by the server's reply. Raises DeliveryUnknownError when it
        does not reply.
        """


class SmtpTransport:
    """One connection to the mail server."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def send_envelope(self, mail: EmailMessage) -> None:
        """Send MAIL FROM and RCPT TO; a refused sender is our own fault, so it stops all sending."""
        try:
            await self._client.rset()
            await self._client.mail(_only_address(mail, "From"))
        except (aiosmtplib.SMTPException, OSError) as failure:
            raise TransportUnavailableError(
                f"the mail server does not take mail from us: {_said(failure)}"
            ) from failure
        try:
            await self._client.rcpt(_only_address(mail, "To"))
        except aiosmtplib.SMTPResponseException as refusal:
            unintelligible = TransportUnavailableError(
                f"the mail server answered RCPT TO by no reply of SMTP: {_said(refusal)}"
            )
            raise _refusal(refusal, of_address=True) or unintelligible from refusal
        except (aiosmtplib.SMTPException, OSError) as failure:
            raise TransportUnavailableError(f"the mail server left: {_said(failure)}") from failure

    async def send_content(self, mail: EmailMessage) -> None:
        """Send DATA and wait for the final reply."""
        try:
            await self._client.data(mail.as_bytes())
        except aiosmtplib.SMTPResponseException as refusal:
            # The server may have accepted it; a retry could deliver the message twice.
            unintelligible = DeliveryUnknownError(f"no reply of SMTP to the content: {_said(refusal)}")
            raise _refusal(refusal, of_address=False) or unintelligible from refusal
        except (aiosmtplib.SMTPException, OSError) as failure:
            raise DeliveryUnknownError(f"no answer to the content: {_said(failure)}") from failure


@asynccontextmanager
async def smtp_transport(url: str) -> AsyncIterator[MailTransport]:
    """Connect to `smtp[s|+starttls]://[USER:PASSWORD@]HOST[:PORT]`, and quit; raises TransportUnavailableError."""
    client = _client(url)
    try:
        await client.connect()
    except (aiosmtplib.SMTPException, OSError) as failure:
        raise TransportUnavailableError(f"the mail server cannot be reached: {_said(failure)}") from failure
    try:
        yield SmtpTransport(client)
    finally:
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=2)
        client.close()


def _client(url: str) -> aiosmtplib.SMTP:
    parts = urlsplit(url)
    return aiosmtplib.SMTP(
        hostname=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtps",
        start_tls=_start_tls(parts.scheme, with_password=parts.password is not None),
        timeout=SMTP_TIMEOUT,
    )


def _start_tls(scheme: str, *, with_password: bool) -> bool | None:
    """Return whether STARTTLS is required; None means if offered, but a password always requires it."""
    if scheme == "smtps":
        return False
    return True if with_password or scheme == "smtp+starttls" else None


def _refusal(refusal: aiosmtplib.SMTPResponseException, *, of_address: bool) -> Exception | None:
    """Return the exception for a reply from 400 to 599; None for other codes, overlong replies, or replies without a
    code.
    """
    if 400 <= refusal.code < 500:
        return TemporaryFailureError(_said(refusal))
    if not 500 <= refusal.code < 600:
        return None
    enhanced = _ENHANCED.search(refusal.message)
    fault = is_address_fault(enhanced[1]) if enhanced else refusal.code in _ADDRESS_CODES
    return PermanentFailureError(_said(refusal), address_fault=of_address and fault)


def _said(failure: Exception) -> str:
    """Return the server's status codes; its text may quote the address or the content."""
    if not isinstance(failure, aiosmtplib.SMTPResponseException):
        return f"{type(failure).__name__}{_why(failure)}"
    enhanced = _ENHANCED.search(failure.message)
    return f"{failure.code} {enhanced[1]}" if enhanced else str(failure.code)


def _why(failure: BaseException) -> str:
    """Return the root cause of a failed connection, as the operating system or TLS reports it."""
    while isinstance(failure.__cause__, OSError):
        failure = failure.__cause__
    if isinstance(failure, ssl.SSLCertVerificationError):
        advice = "correct the host, or let SSL_CERT_FILE name its issuer"
        return f": certificate verify failed ({failure.verify_message.rstrip('.')}); {advice}"
    if isinstance(failure, ssl.SSLError):
        return f": no TLS ({failure.reason}); compare the scheme and the port with the mail server's"
    return f": {failure.strerror}" if isinstance(failure, OSError) and failure.strerror else ""


def _only_address(mail: EmailMessage, header: str) -> str:
    (address,) = mail[header].addresses
    found: Address = address
    return found.addr_spec


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Writes each message to a file; for development only, because readers of the folder can open the links."""

    folder: Path

    async def send_envelope(self, mail: EmailMessage) -> None:
        """Accept any address."""

    async def send_content(self, mail: EmailMessage) -> None:
        """Write the message atomically, readable by our user only."""
        name = mail["Message-ID"].strip("<>").partition("@")[0]
        written = self.folder / f".{name}.part"
        written.write_bytes(mail.as_bytes())
        written.replace(self.folder / f"{name}.eml")


@asynccontextmanager
async def folder_transport(folder: Path) -> AsyncIterator[MailTransport]:
    """Open the folder, and create it if needed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # noqa: ASYNC240
    os.chmod(folder, 0o700)  # noqa: PTH101
    yield FolderTransport(folder)
