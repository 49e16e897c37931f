"""Closing one's account: every session ends at once, and for thirty days a mailed link undoes it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.policies.account import reasons_against_closing
from auth.tokens import TokenKind, issue
from models.account import Account, AccountStatus
from models.mailed_secret import CLOSING_BY_UNDO, AccountClosure, EmailProof, PasswordReset, SignUp
from models.organization import Organization
from usecases.account.password_link import send_after_voiding
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.gate import Gate
from usecases.locks import lock_account, lock_administered
from usecases.mail.enqueue import NewMessage, enqueue, recipient
from usecases.mail.message_kind import MessageKind
from usecases.organization.administrators import led_by_nobody_else, restore_administered, vacate
from usecases.organization.candidates import candidates
from usecases.refusal import LastAdministrator, Refusal, RefusalCode, RefusedError, refuse_for
from usecases.session.device import forget_devices, present_device
from usecases.session.mailed_link import require_link
from usecases.session.mailed_secret import Link, end_email_changes, link_invalid, supersede
from usecases.session.session import end_all_sessions

GRACE = timedelta(days=30)  # from the closing to the erasure; until then no data of the account is lost


async def close_account(db: AsyncSession, actor: Actor, *, insists: bool, now: datetime) -> datetime:
    """Close the actor's account and return when it will be erased.

    `insists` accepts that organizations are left without an administrator, which is a right (GDPR, article 17). Raises
    RefusedError SESSION_ENDED if the account is closed already, otherwise the reasons of its policy.
    """
    account = await lock_account(db, actor.viewer.account_id)
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise RefusedError([Refusal(RefusalCode.SESSION_ENDED, "SESSION_ENDED")])
    administered = await lock_administered(db, [account.id])
    left = await led_by_nobody_else(db, administered, account.id)
    last = [await _last_administrator_of(db, left, account.id)] if left and not insists else []
    refuse_for(reasons_against_closing(actor.viewer, account.id, leads_alone=bool(last)), *last)
    account.status, account.version = AccountStatus.CLOSED, account.version + 1
    await _end_what_is_open(db, account.id, now)
    erase_after = _begin_grace(db, account, now)
    vacated = [str(organization.id) for organization in left]
    changes = {"erase_after": erase_after.isoformat(), "organizations_vacated": vacated}
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_CLOSE, account.id, changes=changes))
    await db.flush()
    for organization in left:
        await vacate(db, actor, organization, account.id, now=now)
    return erase_after


async def undo_closing(gate: Gate, token: str) -> None:
    """Undo the closing of the account whose mailed link holds the token; raises RefusedError as `apply_undo` does."""
    link = await require_link(gate, TokenKind.CLOSING_UNDO, CLOSING_BY_UNDO, token)
    await gate.run(lambda db, actor, now: apply_undo(db, actor, link, now=now))


async def apply_undo(db: AsyncSession, actor: Actor, link: Link, *, now: datetime) -> None:
    """Open an account again by the link that was mailed when it was closed; it signs nobody in.

    Organizations that lost their last administrator have one again. Devices are forgotten, because a thief may have
    closed the account. If the password became void meanwhile, a link to set a new one is mailed. Raises RefusedError
    TOKEN_INVALID when the link was used or has expired.
    """
    account = await lock_account(db, link.account_id)
    undone = (
        update(AccountClosure)
        .where(
            AccountClosure.undo_hash == link.secret_hash,
            AccountClosure.account_id == link.account_id,
            AccountClosure.undone_at.is_(None),
            AccountClosure.erased_at.is_(None),
            AccountClosure.erase_after > now,
        )
        .values(undone_at=now)
        .returning(AccountClosure.id)
    )
    if account is None or await db.scalar(undone) is None:
        raise link_invalid()
    account.status, account.version = AccountStatus.ACTIVE, account.version + 1
    await db.flush()
    await restore_administered(db, actor, account.id)
    await forget_devices(db, account.id, but=await present_device(db, actor, account.id, now))
    if account.password_hash is None:
        await send_after_voiding(db, account, now)
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_CLOSE_UNDO, account.id))
    await db.flush()


async def mail_undo_again(db: AsyncSession, account: Account, at: datetime) -> None:
    """Mail a new link that reopens a closed account to its present address; the former link ends.

    For an owner who lost the first link, or whose account was closed by a thief: then the first link went to the
    thief's address.
    """
    secret, secret_hash = issue(TokenKind.CLOSING_UNDO)
    renewed = (
        update(AccountClosure)
        .where(
            AccountClosure.account_id == account.id,
            AccountClosure.undone_at.is_(None),
            AccountClosure.erased_at.is_(None),
            AccountClosure.erase_after > at,
        )
        .values(undo_hash=secret_hash)
        .returning(AccountClosure.erase_after)
    )
    erase_after = await db.scalar(renewed)
    if erase_after is not None:
        told = NewMessage(MessageKind.ACCOUNT_REOPEN, recipient(account), {"until": erase_after}, secret)
        enqueue(db, told, at)


async def _last_administrator_of(db: AsyncSession, organizations: list[Organization], but: UUID) -> Refusal:
    ids = tuple(organization.id for organization in organizations)
    data = LastAdministrator(ids, await candidates(db, ids, but))
    names = ", ".join(organization.name for organization in organizations)
    code = RefusalCode.WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR
    return Refusal(code, "WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR", facts={"organizations": names}, data=data)


async def _end_what_is_open(db: AsyncSession, account_id: UUID, now: datetime) -> None:
    """End every session, and every link on its way: none may outlive the closing and work again after it is undone."""
    await end_all_sessions(db, account_id, now)
    for links in (SignUp, EmailProof, PasswordReset):
        await supersede(db, links, account_id, now)
    await end_email_changes(db, account_id, now)


def _begin_grace(db: AsyncSession, account: Account, at: datetime) -> datetime:
    """Set the date of the erasure and mail the link that undoes the closing; return the date."""
    secret, secret_hash = issue(TokenKind.CLOSING_UNDO)
    erase_after = at + GRACE
    db.add(AccountClosure(account_id=account.id, undo_hash=secret_hash, closed_at=at, erase_after=erase_after))
    told = NewMessage(MessageKind.ACCOUNT_CLOSED, recipient(account), {"until": erase_after}, secret)
    enqueue(db, told, at)
    return erase_after
