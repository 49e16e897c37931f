"""Outbox states: waiting, claimed, being handed over, then sent, put off, failed or in doubt. No message is sent twice.

Every step is one guarded UPDATE. The number of attempts is a fencing token: each claim raises it. So a worker that
slept through its lease finds that the message is no longer its own.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from random import uniform
from typing import Any

from sqlalchemy import ColumnElement, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus
from models.message import Message, MessageStatus
from usecases.mail.dead_links import has_dead_link
from usecases.mail.facts import Fact
from usecases.mail.masking import masked
from usecases.mail.message_kind import MessageKind

CLAIM = timedelta(minutes=5)  # time to begin the handover; another worker may try after it
HANDOVER = timedelta(minutes=15)  # longer than any mail server takes to accept it (RFC 5321, 4.5.3.2.6: 10 minutes)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
GIVE_UP = timedelta(days=2)

_DOMAIN = func.split_part(Message.email_key, "@", 2)
_DUE = (Message.status == MessageStatus.WAITING,)


async def claim_message(db: AsyncSession, now: datetime, exhausted: Collection[str] = ()) -> Message | None:
    """Claim the message that has been due longest; skip exhausted domains and messages that other workers hold."""
    due = select(Message).where(*_DUE, Message.send_after <= now, _DOMAIN.not_in(exhausted))
    message = await db.scalar(due.order_by(Message.send_after, Message.id).limit(1).with_for_update(skip_locked=True))
    if message is not None:
        message.send_after, message.attempts = now + CLAIM, message.attempts + 1
        await db.flush()
    return message


async def is_due(db: AsyncSession, now: datetime) -> bool:
    """Return whether any message is due; otherwise a worker need not connect to the mail server."""
    due = select(Message.id).where(*_DUE, Message.send_after <= now).limit(1)
    return await db.scalar(due) is not None


async def reason_to_drop(db: AsyncSession, message: Message, now: datetime) -> str | None:
    """Return the reason to drop a message instead of sending it, or None.

    A link that has expired, or was used or replaced meanwhile, helps nobody. An undeliverable address gets no mail
    except a link that was just requested, because by it the person proves that the mailbox works again.
    """
    if message.kind not in MessageKind.__members__:
        return "no such kind of message is known"
    kind = MessageKind(message.kind)
    if Fact.UNTIL in message.facts and datetime.fromisoformat(message.facts[Fact.UNTIL]) <= now:
        return "the link expired before the message could be sent"
    if await has_dead_link(db, message, kind):
        return "the link was used or replaced before the message could be sent"
    bounces = select(Account.id).where(*_live_account(message), Account.email_undeliverable_at.is_not(None))
    if (kind.any_link is None or kind.is_alarm) and await db.scalar(bounces) is not None:
        return "the address does not receive mail"
    return None


async def begin_handover(db: AsyncSession, message: Message, now: datetime) -> bool:
    """Mark the message as being handed over, before its content is sent; return False if it is no longer ours."""
    return await _move(db, message, MessageStatus.WAITING, status=MessageStatus.SENDING, sending_at=now)


async def record_sent(db: AsyncSession, message: Message, now: datetime) -> None:
    """Record that the mail server accepted it, even if it was in doubt meanwhile; delete the secrets of its link."""
    done = {"status": MessageStatus.SENT, "sent_at": now, "secrets": null(), "failure": None}
    if not await _move(db, message, MessageStatus.SENDING, **done):
        await _move(db, message, MessageStatus.DOUBTFUL, **done)


async def put_off(db: AsyncSession, message: Message, now: datetime, reason: str) -> None:
    """Retry later, doubling the pause each time; after two days the message has failed."""
    if now - message.created_at >= GIVE_UP:
        await record_failure(db, message, reason)
        return
    pause = min(FIRST_PAUSE * 2 ** min(message.attempts - 1, 10), LONGEST_PAUSE) * uniform(0.9, 1.1)  # noqa: S311 - spreads retries, guards nothing
    later = {"status": MessageStatus.WAITING, "send_after": now + pause, "sending_at": None, "failure": reason}
    await _move(db, message, message_status(message), **later)


async def release(db: AsyncSession, message: Message, now: datetime) -> None:
    """Return a claimed message unsent, because the mail server is away."""
    await _move(db, message, MessageStatus.WAITING, send_after=now)


async def record_failure(db: AsyncSession, message: Message, reason: str) -> None:
    """Mark the message as failed."""
    await _move(db, message, message_status(message), status=MessageStatus.FAILED, failure=reason, secrets=null())


async def record_doubt(db: AsyncSession, message: Message, reason: str) -> None:
    """Record that the mail server may have it. A person may request it again; it is never retried automatically."""
    await _move(db, message, MessageStatus.SENDING, status=MessageStatus.DOUBTFUL, failure=reason, secrets=null())


async def doubt_abandoned(db: AsyncSession, now: datetime) -> int:
    """Mark messages whose handover a dead worker left unfinished as in doubt, and return their number."""
    abandoned = await db.scalars(
        update(Message)
        .where(Message.status == MessageStatus.SENDING, Message.sending_at < now - HANDOVER)
        .values(status=MessageStatus.DOUBTFUL, failure="the worker ended while handing it over", secrets=null())
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(abandoned.all())


async def doubtful_messages(db: AsyncSession) -> list[tuple[str, ...]]:
    """Return id, message, masked address, time and reason of each message in doubt, oldest first."""
    found = await db.scalars(select(Message).where(Message.status == MessageStatus.DOUBTFUL).order_by(Message.id))
    return [
        (str(it.id), it.kind, masked(it.email), f"{it.sending_at:%Y-%m-%d %H:%M:%S%z}", it.failure or "")
        for it in found
    ]


def message_status(message: Message) -> MessageStatus:
    """Return the state of a claimed message: waiting, or being handed over."""
    return MessageStatus.SENDING if message.sending_at is not None else MessageStatus.WAITING


def _live_account(message: Message) -> tuple[ColumnElement[bool], ...]:
    return Account.email_key == message.email_key, Account.status != AccountStatus.ERASED


async def _move(db: AsyncSession, message: Message, stands: MessageStatus, **values: Any) -> bool:
    """Change the message if it has that state and is still claimed by this worker; return whether it was changed."""
    moved = await db.scalar(
        update(Message)
        .where(Message.id == message.id, Message.status == stands, Message.attempts == message.attempts)
        .values(**values)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return moved is not None
