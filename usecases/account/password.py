"""Setting a new password: by a link in one's own mailbox, or while signed in after a fresh proof of the former one."""

from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.rules import NewPassword
from auth.policies.account import reasons_against_password_change
from models.account import AccountStatus
from models.db.clock import now
from models.mailed_secret import Alarm, PasswordReset, SignUp
from models.values.email import EmailAddress
from usecases.account.closing import mail_undo_again
from usecases.account.mailbox import account_with, confirm_mailbox, locked_account
from usecases.account.new_password import accepted, replace_password
from usecases.account.password_link import send_reset
from usecases.account.sign_up import renew_sign_up
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.mail.alarm import enqueue_alarm
from usecases.mail.enqueue import NewMessage, enqueue, recipient
from usecases.mail.message_kind import MessageKind
from usecases.refusal import refuse_for
from usecases.session.device import forget_devices, present_device
from usecases.session.mailed_secret import Link, consume, link_invalid, supersede

RESETTABLE = frozenset({AccountStatus.ACTIVE, AccountStatus.PENDING})


async def request_password_reset(db: AsyncSession, actor: Actor, address: EmailAddress) -> None:
    """Mail a link to set a new password to the stored address; the answer is the same for all.

    An unconfirmed sign-up gets its own link again, which sets a password too. An account that nobody has proved has
    only this one way in (B14). The owner of a closed account gets the link that reopens it: they may not remember that
    they closed it.
    """
    at, account = now(), await account_with(db, address.key)
    if account is not None and account.status is AccountStatus.UNVERIFIED:
        await renew_sign_up(db, account, at)
    elif account is not None and account.status in RESETTABLE:
        await send_reset(db, account, at)
    elif account is not None and account.status is AccountStatus.CLOSED:
        await mail_undo_again(db, account, at)
    elif account is not None:
        enqueue(db, NewMessage(MessageKind.ACCOUNT_SUSPENDED, recipient(account)), at)
    write_audit(
        db, actor, AuditRecord(Action.ACCOUNT_PASSWORD_RESET_REQUEST, account.id if account is not None else None)
    )
    await db.flush()


async def reset_password(db: AsyncSession, actor: Actor, link: Link, new: NewPassword) -> None:
    """Set a new password by a mailed link, which also proves the mailbox; sessions and devices end, the owner is told.

    A prepared account becomes active (B14). Raises RefusedError TOKEN_INVALID, or the rule that the password breaks,
    after which the link still works.
    """
    account = await locked_account(db, link.account_id)
    if account is None or account.status not in RESETTABLE:
        raise link_invalid()
    unchanged = PasswordReset.password_set_at.is_not_distinct_from(account.password_set_at)
    await consume(db, PasswordReset, link, account, unchanged)
    password_hash = accepted(new, "new_password")
    await supersede(db, SignUp, account.id)
    account.status = AccountStatus.ACTIVE
    await db.flush()
    await confirm_mailbox(db, actor, account)
    ended = await replace_password(db, account, password_hash)
    await forget_devices(db, account.id, but=await present_device(db, actor, account.id))
    await supersede(db, Alarm, account.id)  # the reader of the mailbox has the account again
    enqueue_alarm(db, MessageKind.PASSWORD_SET, account, now())
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_PASSWORD_RESET, account.id, changes={"sessions_ended": ended}))
    await db.flush()


async def change_password(db: AsyncSession, actor: Actor, new: NewPassword) -> None:
    """Set a new password while signed in; the other sessions and devices end, and the owner is told.

    Raises RefusedError REAUTHENTICATION_REQUIRED, or the rule that the password breaks.
    """
    refuse_for(reasons_against_password_change(actor.viewer, actor.viewer.account_id))
    password_hash = accepted(new, "new_password")
    account = await locked_account(db, actor.viewer.account_id)
    assert account is not None, "a viewer's account is kept"
    ended = await replace_password(db, account, password_hash, actor.viewer.session_id)
    await forget_devices(db, account.id, but=await present_device(db, actor, account.id))
    enqueue_alarm(db, MessageKind.PASSWORD_CHANGED, account, now())
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_PASSWORD_CHANGE, account.id, changes={"sessions_ended": ended}))
    await db.flush()
