"""Sends what the outbox holds: several letters at once, none twice, and a pause while the mail server is away."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from models.db.query import LOST, SLOW
from models.message import Message
from server.mail.rate_limit import Pace
from server.mail.transports import Carrier, DoubtError, OutageError, PutOffError, RefusedLetterError
from usecases.clock import now
from usecases.mail import outbox
from usecases.mail.message_head import MessageHead
from usecases.mail.undeliverable import AT_RISK_FOR, mark_undeliverable
from usecases.mail.writing import UnwritableAddressError, write_message

log = structlog.get_logger()

LANES = 4  # letters on their way at once
POLL = 1.0  # seconds between two looks into an empty outbox
LONGEST_PAUSE = 60.0  # seconds, doubling from POLL while the mail server is away
DATABASE_AWAY = (*LOST, *SLOW, DBAPIError, PoolTimeoutError)

OpenCarrier = Callable[[], AbstractAsyncContextManager[Carrier]]


class MailWorker:
    """Hands letters over until it is told to stop; any number of workers may do so at once."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        head: MessageHead,
        carrier: OpenCarrier,
        pace: Pace,
        at_risk_for: timedelta = AT_RISK_FOR,
    ) -> None:
        self._sessions = sessions
        self._head = head
        self._carrier = carrier
        self._pace = pace
        self._at_risk_for = at_risk_for
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Finish the letters that are being handed over, and claim no others."""
        self._stopping.set()

    async def run(self) -> None:
        """Send whatever is due, now and later, until stopped."""
        pause = POLL
        while not self._stopping.is_set():
            try:
                await self.drain()
                pause = POLL
            except OutageError as outage:
                pause = min(pause * 2, LONGEST_PAUSE)
                log.warning("mail is not going out", reason=str(outage), again_in=pause)
            except DATABASE_AWAY as failure:
                pause = min(pause * 2, LONGEST_PAUSE)
                log.warning("the outbox cannot be read", reason=type(failure).__name__, again_in=pause)
            except Exception:
                # A worker that ended for one fault would let every later letter wait until somebody looks.
                pause = LONGEST_PAUSE
                log.exception("the mail worker met a fault of its own", again_in=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def drain(self) -> None:
        """Send everything that is due; raises OutageError when the mail server does not let us, losing no letter."""
        async with self._sessions.begin() as session:
            doubtful = await outbox.doubt_abandoned(session, now())
            due = await outbox.is_due(session, now())
        if doubtful:
            log.warning("letters are in doubt; look at them with `omaposti mail doubtful`", letters=doubtful)
        if due:
            # Each lane ends its letter even when another meets an outage: a cancelled hand-over would be in doubt.
            ends = await asyncio.gather(*(self._lane() for _ in range(LANES)), return_exceptions=True)
            for end in ends:
                if isinstance(end, BaseException):
                    raise end

    async def _lane(self) -> None:
        """Send letter after letter; a connection that broke under one is replaced for the next."""
        sending = True
        while sending:
            async with self._carrier() as carrier:
                sending = await self._send_over(carrier)

    async def _send_over(self, carrier: Carrier) -> bool:
        """Send what is due over one connection; return whether it broke and there may be more."""
        while not self._stopping.is_set():
            letter = await self._claim()
            if letter is None:
                return False
            if not await self._send(letter, carrier):
                return True
        return False

    async def _claim(self) -> Message | None:
        """Return the next letter worth sending; what is not is given up on the way."""
        while True:
            async with self._sessions.begin() as session:
                letter = await outbox.claim_letter(session, now(), self._pace.resting())
                reason = None if letter is None else await outbox.reason_to_drop(session, letter, now())
                if letter is not None and reason is not None:
                    await outbox.record_failure(session, letter, reason)
                    continue
            if letter is not None:
                self._pace.count(letter.email_key.rpartition("@")[2])
            return letter

    async def _send(self, letter: Message, carrier: Carrier) -> bool:
        """Send a letter and record what became of it; return whether the connection is still good."""
        connected = True
        async with self._sessions() as session:
            try:
                await self._hand_over(session, letter, self._write(letter), carrier)
            except PutOffError as later:
                await outbox.put_off(session, letter, now(), str(later))
            except RefusedLetterError as refusal:
                if refusal.address_fault:
                    await mark_undeliverable(session, letter, now(), str(refusal), self._at_risk_for)
                await outbox.record_failure(session, letter, str(refusal))
            except DoubtError as doubt:
                connected = False
                await outbox.record_doubt(session, letter, str(doubt))
                log.warning("a letter is in doubt; look at it with `omaposti mail doubtful`", message=str(letter.id))
            except OutageError:
                await outbox.release(session, letter, now())
                await session.commit()
                raise
            await session.commit()
        return connected

    async def _hand_over(self, session: AsyncSession, letter: Message, mail: EmailMessage, carrier: Carrier) -> None:
        """Commit that the letter is going out before it does, so that a crash leaves it in doubt and not to be sent."""
        await carrier.address(mail)
        going_out_at = now()
        if not await outbox.begin_handover(session, letter, going_out_at):
            return
        await session.commit()
        letter.sending_at = going_out_at
        await carrier.hand_over(mail)
        await outbox.record_sent(session, letter, now())
        log.info("a letter went out", kind=letter.kind, message=str(letter.id))

    def _write(self, letter: Message) -> EmailMessage:
        """Write a message; one that cannot be written has failed, and the others go out."""
        try:
            return write_message(letter, self._head)
        except UnwritableAddressError as error:
            log.warning("no message can be written to this address", kind=letter.kind, message=str(letter.id))
            raise RefusedLetterError("its address cannot stand in a message", address_fault=True) from error
        except Exception as error:
            log.exception("a letter could not be written", kind=letter.kind, message=str(letter.id))
            raise RefusedLetterError("it could not be written") from error
