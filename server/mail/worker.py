"""Sends the messages of the outbox: several at once, none twice, with a pause while the mail server is away."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from models.db.clock import now
from models.db.errors import DATABASE_AWAY
from models.message import Message
from server.mail.rate_limit import DomainRateLimit
from server.mail.transports import (
    DeliveryUnknownError,
    MailTransport,
    PermanentFailureError,
    TemporaryFailureError,
    TransportUnavailableError,
)
from usecases.account.undeliverable import AT_RISK_FOR, mark_undeliverable
from usecases.mail import outbox
from usecases.mail.message_head import MessageHead
from usecases.mail.writing import UnwritableAddressError, write_message

log = structlog.get_logger()

LANES = 4  # messages in transfer at once
POLL = 1.0  # seconds between two looks into an empty outbox
LONGEST_PAUSE = 60.0  # seconds; pauses double from POLL up to it while the mail server is away

OpenTransport = Callable[[], AbstractAsyncContextManager[MailTransport]]


class MailWorker:
    """Sends messages until it is stopped; any number of workers may run at once."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        head: MessageHead,
        transport: OpenTransport,
        domain_limit: DomainRateLimit,
        at_risk_for: timedelta = AT_RISK_FOR,
    ) -> None:
        self._sessions = sessions
        self._head = head
        self._transport = transport
        self._domain_limit = domain_limit
        self._at_risk_for = at_risk_for
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Finish the messages in transfer, and claim no others."""
        self._stopping.set()

    async def run(self) -> None:
        """Send due messages until stopped."""
        pause = POLL
        while not self._stopping.is_set():
            try:
                await self.drain()
                pause = POLL
            except TransportUnavailableError as outage:
                pause = min(pause * 2, LONGEST_PAUSE)
                log.warning("mail server unavailable", reason=str(outage), again_in=pause)
            except DATABASE_AWAY as failure:
                pause = min(pause * 2, LONGEST_PAUSE)
                log.warning("outbox unreadable", reason=type(failure).__name__, again_in=pause)
            except Exception:
                # Otherwise one fault ends the worker, and all later messages wait until an operator notices.
                pause = LONGEST_PAUSE
                log.exception("mail worker failed", again_in=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def drain(self) -> None:
        """Send everything due; raises TransportUnavailableError, and loses no message, when the mail server is away."""
        async with self._sessions.begin() as db:
            doubtful = await outbox.doubt_abandoned(db, now())
            due = await outbox.is_due(db, now())
        if doubtful:
            log.warning("delivery of messages unknown; see `omaposti mail doubtful`", messages=doubtful)
        if due:
            # Each lane finishes its message when another meets an outage: cancelling it would leave its delivery
            # unknown.
            ends = await asyncio.gather(*(self._lane() for _ in range(LANES)), return_exceptions=True)
            for end in ends:
                if isinstance(end, BaseException):
                    raise end

    async def _lane(self) -> None:
        """Send messages one by one; a broken connection is replaced for the next message."""
        sending = True
        while sending:
            async with self._transport() as transport:
                sending = await self._send_over(transport)

    async def _send_over(self, transport: MailTransport) -> bool:
        """Send due messages over one connection; return whether it broke while messages may be left."""
        while not self._stopping.is_set():
            message = await self._claim()
            if message is None:
                return False
            if not await self._send(message, transport):
                return True
        return False

    async def _claim(self) -> Message | None:
        """Return the next message worth sending, and cancel outdated ones on the way."""
        while True:
            async with self._sessions.begin() as db:
                message = await outbox.claim_message(db, now(), self._domain_limit.exhausted())
                reason = None if message is None else await outbox.reason_to_drop(db, message, now())
                if message is not None and reason is not None:
                    await outbox.record_failure(db, message, reason)
                    continue
            if message is not None:
                self._domain_limit.record(message.email_key.rpartition("@")[2])
            return message

    async def _send(self, message: Message, transport: MailTransport) -> bool:
        """Send a message and record the result; return whether the connection is still usable."""
        connected = True
        async with self._sessions() as db:
            try:
                await self._hand_over(db, message, self._write(message), transport)
            except TemporaryFailureError as later:
                await outbox.put_off(db, message, now(), str(later))
            except PermanentFailureError as refusal:
                if refusal.address_fault:
                    await mark_undeliverable(db, message, now(), str(refusal), self._at_risk_for)
                await outbox.record_failure(db, message, str(refusal))
            except DeliveryUnknownError as doubt:
                connected = False
                await outbox.record_doubt(db, message, str(doubt))
                log.warning("delivery of a message unknown; see `omaposti mail doubtful`", message=str(message.id))
            except TransportUnavailableError:
                await outbox.release(db, message, now())
                await db.commit()
                raise
            await db.commit()
        return connected

    async def _hand_over(
        self, db: AsyncSession, message: Message, mail: EmailMessage, transport: MailTransport
    ) -> None:
        """Commit the state SENDING before the content goes out; otherwise a crash causes a second delivery."""
        await transport.send_envelope(mail)
        going_out_at = now()
        if not await outbox.begin_handover(db, message, going_out_at):
            return
        await db.commit()
        message.sending_at = going_out_at
        await transport.send_content(mail)
        await outbox.record_sent(db, message, now())
        log.info("message sent", kind=message.kind, message=str(message.id))

    def _write(self, message: Message) -> EmailMessage:
        """Render a message; if that fails, the message has failed and the others are sent."""
        try:
            return write_message(message, self._head, now())
        except UnwritableAddressError as error:
            log.warning("recipient address cannot be written", kind=message.kind, message=str(message.id))
            raise PermanentFailureError("its address cannot stand in a message", address_fault=True) from error
        except Exception as error:
            log.exception("message not rendered", kind=message.kind, message=str(message.id))
            raise PermanentFailureError("it could not be written") from error
