"""Recovery of an account that a thief may have used: sign everybody out, and mail the owner a link."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus
from models.mailed_secret import Alarm, PasswordReset
from usecases.account.closing import mail_undo_again
from usecases.account.password_link import send_after_voiding
from usecases.audit.audit_record import Actor
from usecases.mail.enqueue import NewMessage, enqueue, recipient
from usecases.mail.message_kind import MessageKind
from usecases.session.device import forget_devices, present_device
from usecases.session.mailed_secret import end_email_changes, supersede
from usecases.session.session import end_all_sessions

RECOVERABLE = frozenset({AccountStatus.ACTIVE, AccountStatus.SUSPENDED, AccountStatus.CLOSED})


async def shut_everybody_out(db: AsyncSession, actor: Actor, account: Account, now: datetime) -> int:
    """Make the password void, end all sessions, links and devices, and return how many sessions ended.

    The links that undo confirmed changes of address stay: they are in the mailboxes that the account had before.
    """
    account.password_hash, account.password_set_at = None, now
    for links in (PasswordReset, Alarm):
        await supersede(db, links, account.id, now)
    await end_email_changes(db, account.id, now)
    ended = await end_all_sessions(db, account.id, now)
    await forget_devices(db, account.id, but=await present_device(db, actor, account.id, now))
    return len(ended)


async def mail_way_back(db: AsyncSession, account: Account, now: datetime) -> None:
    """Mail the owner the next step: set a password, reopen the account, or ask customer service."""
    if account.status is AccountStatus.ACTIVE:
        await send_after_voiding(db, account, now)
    elif account.status is AccountStatus.CLOSED:
        await mail_undo_again(db, account, now)
    else:
        enqueue(db, NewMessage(MessageKind.ACCOUNT_SUSPENDED, recipient(account)), now)
