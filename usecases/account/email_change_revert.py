"""Undoing a change of address from the old address, for owners who did not make it."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account
from models.db.clock import now
from models.mailed_secret import EmailChange
from models.values.email import EmailAddress
from usecases.account.mailbox import locked_account, move_to_mailbox
from usecases.account.recovery import RECOVERABLE, mail_way_back, shut_everybody_out
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.session.mailed_secret import Link, link_invalid


async def revert_email_change(db: AsyncSession, actor: Actor, link: Link) -> None:
    """Restore an account's old address, and undo every change since, because somebody else had the account.

    They knew the password too, or could not have changed the address. So the password is void, every session ends and
    every device is forgotten. The old address gets a link to set a new password. If the account was closed meanwhile,
    it gets the link that reopens it. Raises RefusedError TOKEN_INVALID or EMAIL_TAKEN.
    """
    account = await locked_account(db, link.account_id)
    if account is None or account.status not in RECOVERABLE:
        raise link_invalid()
    at = now()
    change = await _undo(db, account, link, at)
    await move_to_mailbox(db, actor, account, EmailAddress(change.old_email, change.old_email_key))
    ended = await shut_everybody_out(db, actor, account, at)
    await mail_way_back(db, account, at)
    write_audit(
        db, actor, AuditRecord(Action.ACCOUNT_EMAIL_CHANGE_REVERT, account.id, changes={"sessions_ended": ended})
    )
    await db.flush()


async def _undo(db: AsyncSession, account: Account, link: Link, at: datetime) -> EmailChange:
    """Mark a change as undone by one guarded statement, and all later changes with it."""
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
    change = await db.scalar(undone)
    if change is None:
        raise link_invalid()
    since = (EmailChange.account_id == account.id) & (EmailChange.created_at > change.created_at)
    await db.execute(update(EmailChange).where(since, EmailChange.undone_at.is_(None)).values(undone_at=at))
    return change
