"""Undoing a change of address from the old one, for whoever did not make it."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account
from models.proof import EmailChange
from models.values.email import EmailAddress
from usecases.account.mailbox import locked_account, move_to_mailbox
from usecases.account.recovery import RECOVERABLE, mail_way_back, shut_everybody_out
from usecases.audit.deed import Author, Deed, record
from usecases.clock import now
from usecases.session.proof import Link, link_invalid


async def revert_email_change(session: AsyncSession, author: Author, link: Link) -> None:
    """Give an account its old address back, and undo every change since: somebody else had the account.

    They knew the password too, or could not have changed the address. So the password is void, every session ends and
    every device is forgotten. The old address gets a link to set a new password, or, when the account was closed
    meanwhile, the one that opens it again.
    Raises RefusedError TOKEN_INVALID, or EMAIL_TAKEN.
    """
    account = await locked_account(session, link.account_id)
    if account is None or account.status not in RECOVERABLE:
        raise link_invalid()
    at = now()
    change = await _undo(session, account, link, at)
    await move_to_mailbox(session, author, account, EmailAddress(change.old_email, change.old_email_key))
    ended = await shut_everybody_out(session, author, account, at)
    await mail_way_back(session, account, at)
    record(session, author, Deed("account.emailChangeRevert", account.id, changes={"sessions_ended": ended}))
    await session.flush()


async def _undo(session: AsyncSession, account: Account, link: Link, at: datetime) -> EmailChange:
    """Date a change as undone by the one guarded statement, and with it every change that came after."""
    undone = (
        update(EmailChange)
        .where(
            EmailChange.undo_hash == link.secret_hash,
            EmailChange.account_id == account.id,
            EmailChange.undone_at.is_(None),
            EmailChange.undo_expires_at > at,
        )
        .values(undone_at=at)
        .returning(EmailChange)
    )
    change = await session.scalar(undone)
    if change is None:
        raise link_invalid()
    since = (EmailChange.account_id == account.id) & (EmailChange.created_at > change.created_at)
    await session.execute(update(EmailChange).where(since, EmailChange.undone_at.is_(None)).values(undone_at=at))
    return change
