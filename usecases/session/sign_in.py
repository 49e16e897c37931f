"""Sign-in and sign-out: a new secret at every proof of the password, and one answer for every failure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus
from models.db.clock import now
from models.mailed_secret import AccountClosure
from models.session import Session, Transport
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.device import DeviceFacts
from usecases.session.session import OpenedSession, end_session, open_session, renew, supersede


@dataclass(frozen=True, slots=True)
class VerifiedPassword:
    """Proof that somebody knew an account's password. A change of the password after `password_set_at` voids it."""

    account_id: UUID
    password_set_at: datetime | None


TOLD = frozenset({AccountStatus.ACTIVE, AccountStatus.CLOSED})  # their owners are told more than "failed"


def verified_password(credential: Mapping[str, Any] | None, *, fits: bool) -> VerifiedPassword | None:
    """Return the proof for a matching password; None if the account's status must not be told to its owner.

    Decided before the transaction, so that the right password of a suspended account takes the same statements as a
    wrong one.
    """
    if credential is None or not fits or credential["status"] not in TOLD:
        return None
    return VerifiedPassword(credential["id"], credential["password_set_at"])


async def sign_in(
    db: AsyncSession, actor: Actor, verified: VerifiedPassword | None, transport: Transport, device: DeviceFacts
) -> OpenedSession:
    """Open a session for a person who proved their password.

    Raises RefusedError SIGN_IN_FAILED without a proof, when the password has changed since, or when the account is not
    active. These reasons have one answer; otherwise anybody could ask who has an account. Raises ACCOUNT_CLOSED to the
    owner of a closed account, who can reopen it.
    """
    account = await _proved(db, verified)
    if account is not None and account.status is AccountStatus.CLOSED:
        await _refuse_closed(db, account)
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise RefusedError([Refusal(RefusalCode.SIGN_IN_FAILED, "SIGN_IN_FAILED")])
    opened = await open_session(db, actor, account.id, transport, device)
    write_audit(db, actor, AuditRecord(Action.SESSION_SIGN_IN, account.id, changes={"transport": transport}))
    await db.flush()
    return opened


async def reauthenticate(db: AsyncSession, actor: Actor, verified: VerifiedPassword | None) -> OpenedSession:
    """Record that the actor proved their password again, and replace the secret of their session.

    Raises RefusedError SIGN_IN_FAILED without a proof or when the password has changed since, SESSION_ENDED when the
    session has ended.
    """
    account = await _proved(db, verified)
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise RefusedError([Refusal(RefusalCode.SIGN_IN_FAILED, "PASSWORD_WRONG", ("password",))])
    current = await db.scalar(
        select(Session)
        .where(Session.id == actor.viewer.session_id, Session.account_id == account.id, Session.ended_at.is_(None))
        .with_for_update()
    )
    if current is None:
        raise RefusedError([Refusal(RefusalCode.SESSION_ENDED, "SESSION_ENDED")])
    at = now()
    supersede(db, current, at)
    secret, expires_at = renew(current, at)
    current.reauthenticated_at = at
    write_audit(db, actor, AuditRecord(Action.SESSION_REAUTHENTICATE, account.id))
    await db.flush()
    return OpenedSession(current.id, secret, expires_at)


async def sign_out(db: AsyncSession, actor: Actor) -> None:
    """End the actor's session; its secret is invalid from the next request on."""
    account_id, session_id = actor.viewer.account_id, actor.viewer.session_id
    if session_id is not None and await end_session(db, account_id, session_id):
        write_audit(db, actor, AuditRecord(Action.SESSION_SIGN_OUT, account_id))


async def replace_hash(db: AsyncSession, verified: VerifiedPassword, password_hash: str) -> None:
    """Store the same password under today's parameters, if it has not changed meanwhile; its owner is not told."""
    await db.execute(
        update(Account)
        .where(
            Account.id == verified.account_id, Account.password_set_at.is_not_distinct_from(verified.password_set_at)
        )
        .values(password_hash=password_hash)
    )


async def _proved(db: AsyncSession, verified: VerifiedPassword | None) -> Account | None:
    """Return the account of a proof that still holds, locked so that it holds until the end of the action."""
    if verified is None:
        return None
    account = await db.scalar(select(Account).where(Account.id == verified.account_id).with_for_update(key_share=True))
    holds = (
        account is not None
        and account.status in TOLD
        and account.password_hash is not None
        and account.password_set_at == verified.password_set_at
    )
    return account if holds else None


async def _refuse_closed(db: AsyncSession, account: Account) -> None:
    """Raise RefusedError ACCOUNT_CLOSED if a closed account can still be reopened."""
    closing = select(AccountClosure.erase_after).where(
        AccountClosure.account_id == account.id,
        AccountClosure.undone_at.is_(None),
        AccountClosure.erased_at.is_(None),
        AccountClosure.erase_after > now(),
    )
    erase_after = await db.scalar(closing)
    if erase_after is not None:
        facts = {"until": erase_after.isoformat()}
        raise RefusedError([Refusal(RefusalCode.ACCOUNT_CLOSED, "ACCOUNT_CLOSED", facts=facts)])
