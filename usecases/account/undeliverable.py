"""Undeliverable addresses: mail servers refuse them for good, and their owners' organizations may be at risk."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.message import Message
from usecases.account.mailbox import account_with
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.mail.bounce import Bounce, is_address_fault
from usecases.organization.administrators import put_at_risk

ACTOR = Actor(name="mail")
BELIEVED_FOR = timedelta(days=14)  # mail servers give up after five days; a much later bounce proves nothing
AT_RISK_FOR = timedelta(days=14)  # default time from the bounce until an organization without administrators is vacant


async def record_bounces(
    db: AsyncSession, bounces: Iterable[Bounce], now: datetime, at_risk_for: timedelta = AT_RISK_FOR
) -> int:
    """Record bounced messages and mark the addresses at fault; return the number of addresses.

    A report is believed if it names a message by its id and by the address it went to. Only the recipient knows both,
    so nobody can silence another person's mail with a forged bounce. Organizations that are left without an effective
    administrator are at risk for `at_risk_for`.
    """
    faults = 0
    for bounce in bounces:
        found = select(Message).where(
            Message.id == bounce.message_id,
            Message.email_key == bounce.recipient_key,
            Message.created_at > now - BELIEVED_FOR,
        )
        message = await db.scalar(found)
        if message is None or not is_address_fault(bounce.status):
            continue
        await mark_undeliverable(db, message, now, f"bounced: {bounce.status}", at_risk_for)
        came_back = update(Message).where(Message.id == message.id, Message.bounced_at.is_(None))
        await db.execute(came_back.values(bounced_at=now), execution_options={"synchronize_session": False})
        faults += 1
    await db.flush()
    return faults


async def mark_undeliverable(
    db: AsyncSession, message: Message, now: datetime, reason: str, at_risk_for: timedelta = AT_RISK_FOR
) -> None:
    """Mark and record the account that has the message's address, once; an address that was changed stays unmarked.

    An organization that thereby has no effective administrator is at risk for `at_risk_for`. Call it before the message
    is changed, because the account is locked first (`usecases.locks`).
    """
    account = await account_with(db, message.email_key)
    if account is None or account.email_undeliverable_at is not None:
        return
    account.email_undeliverable_at = now
    write_audit(db, ACTOR, AuditRecord(Action.EMAIL_UNDELIVERABLE, account.id, changes={"reason": reason}))
    await db.flush()
    await put_at_risk(db, ACTOR, account.id, at_risk_for=at_risk_for, now=now)
