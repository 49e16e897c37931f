"""What becomes of a message: claimed, being handed over, sent; or put off, refused, in doubt. Never sent twice.

Every step is one guarded UPDATE. The number of attempts is the fence: whoever claims a message raises it, so a worker
that slept through its lease finds that the message is no longer its own.
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

CLAIM = timedelta(minutes=5)  # for reaching the point of no return; another worker may try after it
HANDOVER = timedelta(minutes=15)  # longer than any mail server takes to say yes (RFC 5321, 4.5.3.2.6: 10 minutes)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
GIVE_UP = timedelta(days=2)

_DOMAIN = func.split_part(Message.email_key, "@", 2)
_DUE = (Message.status == MessageStatus.WAITING,)


async def claim_message(db: AsyncSession, now: datetime, exhausted: Collection[str] = ()) -> Message | None:
    """Take the message that has been due longest, passing over domains that rest; others pass over it meanwhile."""
    due = select(Message).where(*_DUE, Message.send_after <= now, _DOMAIN.not_in(exhausted))
    message = await db.scalar(due.order_by(Message.send_after, Message.id).limit(1).with_for_update(skip_locked=True))
    if message is not None:
        message.send_after, message.attempts = now + CLAIM, message.attempts + 1
        await db.flush()
    return message


async def is_due(db: AsyncSession, now: datetime) -> bool:
    """Return whether any message is due, so that a worker connects to the mail server only for something."""
    due = select(Message.id).where(*_DUE, Message.send_after <= now).limit(1)
    return await db.scalar(due) is not None


async def reason_to_drop(db: AsyncSession, message: Message, now: datetime) -> str | None:
    """Return why a message is no longer worth sending, if so.

    A link that has expired helps nobody, nor does one that was used or replaced meanwhile. An address that bounces is
    left alone, but for a link that somebody has just asked for: by it they prove that the mailbox works again.
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
    """Pass the point of no return, before the content goes out; return False when the message is no longer ours."""
    return await _move(db, message, MessageStatus.WAITING, status=MessageStatus.SENDING, sending_at=now)


async def record_sent(db: AsyncSession, message: Message, now: datetime) -> None:
    """Record that the mail server took it, even if it was in doubt meanwhile; the secrets of its link are dropped."""
    done = {"status": MessageStatus.SENT, "sent_at": now, "secrets": null(), "failure": None}
    if not await _move(db, message, MessageStatus.SENDING, **done):
        await _move(db, message, MessageStatus.DOUBTFUL, **done)


async def put_off(db: AsyncSession, message: Message, now: datetime, reason: str) -> None:
    """Try again later, each time after twice as long; after two days it has failed."""
    if now - message.created_at >= GIVE_UP:
        await record_failure(db, message, reason)
        return
    pause = min(FIRST_PAUSE * 2 ** min(message.attempts - 1, 10), LONGEST_PAUSE) * uniform(0.9, 1.1)  # noqa: S311 - spreads retries, guards nothing
    later = {"status": MessageStatus.WAITING, "send_after": now + pause, "sending_at": None, "failure": reason}
    await _move(db, message, message_status(message), **later)


async def release(db: AsyncSession, message: Message, now: datetime) -> None:
    """Give a claimed message back untried, because it is the mail server that is away."""
    await _move(db, message, MessageStatus.WAITING, send_after=now)


async def record_failure(db: AsyncSession, message: Message, reason: str) -> None:
    """Give the message up."""
    await _move(db, message, message_status(message), status=MessageStatus.FAILED, failure=reason, secrets=null())


async def record_doubt(db: AsyncSession, message: Message, reason: str) -> None:
    """Record that the mail server may or may not have it; a person may ask again, we never send it again ourselves."""
    await _move(db, message, MessageStatus.SENDING, status=MessageStatus.DOUBTFUL, failure=reason, secrets=null())


async def doubt_abandoned(db: AsyncSession, now: datetime) -> int:
    """Put in doubt what a worker was handing over when it died, and return how many messages that were."""
    abandoned = await db.scalars(
        update(Message)
        .where(Message.status == MessageStatus.SENDING, Message.sending_at < now - HANDOVER)
        .values(status=MessageStatus.DOUBTFUL, failure="the worker ended while handing it over", secrets=null())
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(abandoned.all())


async def doubtful_messages(db: AsyncSession) -> list[tuple[str, ...]]:
    """Return id, message, masked address, since when and why of each message in doubt, oldest first."""
    found = await db.scalars(select(Message).where(Message.status == MessageStatus.DOUBTFUL).order_by(Message.id))
    return [
        (str(it.id), it.kind, masked(it.email), f"{it.sending_at:%Y-%m-%d %H:%M:%S%z}", it.failure or "")
        for it in found
    ]


def message_status(message: Message) -> MessageStatus:
    """Return where the claimed message is: not handed over yet, or being so."""
    return MessageStatus.SENDING if message.sending_at is not None else MessageStatus.WAITING


def _live_account(message: Message) -> tuple[ColumnElement[bool], ...]:
    return Account.email_key == message.email_key, Account.status != AccountStatus.ERASED


async def _move(db: AsyncSession, message: Message, stands: MessageStatus, **values: Any) -> bool:
    """Change the message if it is in that state and still ours; return whether it was."""
    moved = await db.scalar(
        update(Message)
        .where(Message.id == message.id, Message.status == stands, Message.attempts == message.attempts)
        .values(**values)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return moved is not None
