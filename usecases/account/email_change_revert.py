"""Undoing a change of address from the old address, for owners who did not make it."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind
from models.account import Account
from models.mailed_secret import EMAIL_CHANGE_BY_UNDO, EmailChange
from models.values.email import EmailAddress
from usecases.account.mailbox import locked_account, move_to_mailbox
from usecases.account.recovery import RECOVERABLE, mail_way_back, shut_everybody_out
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.gate import Gate
from usecases.session.mailed_link import require_link
from usecases.session.mailed_secret import Link, link_invalid


async def revert_email_change(gate: Gate, token: str) -> None:
    """Undo a change of address by the link in its notice; raises RefusedError as `apply_revert` does."""
    link = await require_link(gate, TokenKind.EMAIL_UNDO, EMAIL_CHANGE_BY_UNDO, token)
    await gate.run(lambda db, actor, now: apply_revert(db, actor, link, now=now))


async def apply_revert(db: AsyncSession, actor: Actor, link: Link, *, now: datetime) -> None:
    """Restore an account's old address, and undo every change since, because somebody else had the account.

    They knew the password too, or could not have changed the address. So the password is void, every session ends and
    every device is forgotten. The old address gets a link to set a new password. If the account was closed meanwhile,
    it gets the link that reopens it. Raises RefusedError TOKEN_INVALID or EMAIL_TAKEN.
    """
    account = await locked_account(db, link.account_id)
    if account is None or account.status not in RECOVERABLE:
        raise link_invalid()
    change = await _undo(db, account, link, now)
    await move_to_mailbox(db, actor, account, EmailAddress(change.old_email, change.old_email_key), now)
    ended = await shut_everybody_out(db, actor, account, now)
    await mail_way_back(db, account, now)
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
    # An action is dated by its beginning: a change that was asked for before this one may have been confirmed after it.
    is_later = (EmailChange.created_at > change.created_at) | (EmailChange.confirmed_at > change.confirmed_at)
    since = (EmailChange.account_id == account.id) & is_later
    await db.execute(update(EmailChange).where(since, EmailChange.undone_at.is_(None)).values(undone_at=at))
    return change
