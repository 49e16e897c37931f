"""Setting a new password: by a link from one's own mailbox, or while signed in and freshly proved."""

from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.rules import NewPassword
from models.account import AccountStatus
from models.proof import Alarm, PasswordReset, SignUp
from models.values.email import EmailAddress
from usecases.account.alarm import post_alarm
from usecases.account.closing import mail_undo_anew
from usecases.account.mailbox import account_with, confirm_mailbox, locked_account, recipient
from usecases.account.new_password import accepted, replace_password
from usecases.account.password_link import send_reset
from usecases.account.sign_up import renew_sign_up
from usecases.audit.deed import Author, Deed, record
from usecases.clock import now
from usecases.mail.enqueue import NewMessage, enqueue
from usecases.mail.message_kind import MessageKind
from usecases.session.device import forget_devices, present_device
from usecases.session.proof import Link, consume, link_invalid, supersede
from usecases.session.session import require_fresh

RESETTABLE = frozenset({AccountStatus.ACTIVE, AccountStatus.PENDING})


async def request_password_reset(session: AsyncSession, author: Author, address: EmailAddress) -> None:
    """Mail a link to set a new password, to the address that we keep; the answer is the same for all.

    Who has signed up and not confirmed yet gets the link of her sign-up anew, by which she can set a password as well:
    there is one way into an account that nobody has proved to be hers (B14). The owner of a closed account gets the
    link that opens it again: they may not remember that they closed it.
    """
    at, account = now(), await account_with(session, address.key)
    if account is not None and account.status is AccountStatus.UNVERIFIED:
        await renew_sign_up(session, account, at)
    elif account is not None and account.status in RESETTABLE:
        await send_reset(session, account, at)
    elif account is not None and account.status is AccountStatus.CLOSED:
        await mail_undo_anew(session, account, at)
    elif account is not None:
        enqueue(session, NewMessage(MessageKind.ACCOUNT_SUSPENDED, recipient(account)), at)
    record(session, author, Deed("account.passwordResetRequest", account.id if account is not None else None))
    await session.flush()


async def reset_password(session: AsyncSession, author: Author, link: Link, new: NewPassword) -> None:
    """Set a new password by a mailed link, which also proves the mailbox; sessions and devices end, the owner is told.

    A prepared account becomes active by it (B14). Raises RefusedError TOKEN_INVALID, or the rule that the password
    breaks, after which the link is still good.
    """
    account = await locked_account(session, link.account_id)
    if account is None or account.status not in RESETTABLE:
        raise link_invalid()
    unchanged = PasswordReset.password_set_at.is_not_distinct_from(account.password_set_at)
    await consume(session, PasswordReset, link, account, unchanged)
    password_hash = accepted(new, "new_password")
    await supersede(session, SignUp, account.id)
    account.status = AccountStatus.ACTIVE
    await session.flush()
    await confirm_mailbox(session, author, account)
    ended = await replace_password(session, account, password_hash)
    await forget_devices(session, account.id, but=await present_device(session, author, account.id))
    await supersede(session, Alarm, account.id)  # the reader of the mailbox has the account again
    post_alarm(session, MessageKind.PASSWORD_SET, account, now())
    record(session, author, Deed("account.passwordReset", account.id, changes={"sessions_ended": ended}))
    await session.flush()


async def change_password(session: AsyncSession, author: Author, new: NewPassword) -> None:
    """Set a new password while signed in; the other sessions and devices end, and the owner is told.

    Raises RefusedError REAUTHENTICATION_REQUIRED, or the rule that the password breaks.
    """
    require_fresh(author.viewer)
    password_hash = accepted(new, "new_password")
    account = await locked_account(session, author.viewer.account_id)
    assert account is not None, "a viewer's account is kept"
    ended = await replace_password(session, account, password_hash, author.viewer.session_id)
    await forget_devices(session, account.id, but=await present_device(session, author, account.id))
    post_alarm(session, MessageKind.PASSWORD_CHANGED, account, now())
    record(session, author, Deed("account.passwordChange", account.id, changes={"sessions_ended": ended}))
    await session.flush()
