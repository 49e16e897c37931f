"""Undoing a change of address from the old one, for whoever did not make it."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus
from models.proof import EmailChange
from models.values.email import EmailAddress
from usecases.clock import now
from usecases.closing import mail_undo_anew
from usecases.deed import Author, Deed, record
from usecases.device import forget_devices, present_device
from usecases.mailbox import locked_account, move_to_mailbox
from usecases.password import send_reset
from usecases.proof import Link, end_email_changes, link_invalid
from usecases.session import end_all_sessions

UNDOABLE = frozenset({AccountStatus.ACTIVE, AccountStatus.SUSPENDED, AccountStatus.CLOSED})


async def revert_email_change(session: AsyncSession, author: Author, link: Link) -> None:
    """Give an account its old address back, and undo every change since: somebody else had the account.

    They knew the password too, or could not have changed the address. So the password is void, every session ends and
    every device is forgotten. The old address gets a link to set a new password, or, when the account was closed
    meanwhile, the one that opens it again.
    Raises RefusedError TOKEN_INVALID, or EMAIL_TAKEN.
    """
    account = await locked_account(session, link.account_id)
    if account is None or account.status not in UNDOABLE:
        raise link_invalid()
    change = await _undo(session, account, link)
    await end_email_changes(session, account.id)
    await move_to_mailbox(session, author, account, EmailAddress(change.old_email, change.old_email_key))
    account.password_hash, account.password_set_at = None, now()
    ended = await end_all_sessions(session, account.id)
    await forget_devices(session, account.id, but=await present_device(session, author, account.id))
    if account.status is AccountStatus.ACTIVE:
        await send_reset(session, account)
    await mail_undo_anew(session, account)
    record(session, author, Deed("account.emailChangeRevert", account.id, changes={"sessions_ended": len(ended)}))
    await session.flush()


async def _undo(session: AsyncSession, account: Account, link: Link) -> EmailChange:
    """Date a change as undone by the one guarded statement, and with it every change that came after."""
    undone = (
        update(EmailChange)
        .where(
            EmailChange.undo_hash == link.secret_hash,
            EmailChange.account_id == account.id,
            EmailChange.undone_at.is_(None),
            EmailChange.undo_expires_at > now(),
        )
        .values(undone_at=now())
        .returning(EmailChange)
    )
    change = await session.scalar(undone)
    if change is None:
        raise link_invalid()
    since = (EmailChange.account_id == account.id) & (EmailChange.created_at > change.created_at)
    await session.execute(update(EmailChange).where(since, EmailChange.undone_at.is_(None)).values(undone_at=now()))
    return change
