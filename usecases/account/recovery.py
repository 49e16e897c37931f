"""Taking an account out of a thief's hands, and giving its owner the way back to it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus
from models.proof import Alarm, PasswordReset
from usecases.account.closing import mail_undo_anew
from usecases.account.mailbox import recipient
from usecases.account.password_link import send_after_voiding
from usecases.audit.deed import Author
from usecases.mail.enqueue import NewMessage, enqueue
from usecases.mail.message_kind import MessageKind
from usecases.session.device import forget_devices, present_device
from usecases.session.proof import end_email_changes, supersede
from usecases.session.session import end_all_sessions

RECOVERABLE = frozenset({AccountStatus.ACTIVE, AccountStatus.SUSPENDED, AccountStatus.CLOSED})


async def shut_everybody_out(session: AsyncSession, author: Author, account: Account, now: datetime) -> int:
    """Make the password void, and end everything that a thief may have opened; return how many sessions that ended.

    The links that undo confirmed changes of address stay: they are in the mailboxes that the account had before.
    """
    account.password_hash, account.password_set_at = None, now
    for links in (PasswordReset, Alarm):
        await supersede(session, links, account.id)
    await end_email_changes(session, account.id)
    ended = await end_all_sessions(session, account.id)
    await forget_devices(session, account.id, but=await present_device(session, author, account.id))
    return len(ended)


async def mail_way_back(session: AsyncSession, account: Account, now: datetime) -> None:
    """Mail the owner what they can do now: set a password, open the account again, or ask customer service."""
    if account.status is AccountStatus.ACTIVE:
        await send_after_voiding(session, account, now)
    elif account.status is AccountStatus.CLOSED:
        await mail_undo_anew(session, account, now)
    else:
        enqueue(session, NewMessage(MessageKind.ACCOUNT_SUSPENDED, recipient(account)), now)
