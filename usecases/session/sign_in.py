"""Signing in and out: a new secret at every proof of the password, and one answer for every way to fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus
from models.proof import AccountClosure
from models.session import Session, Transport
from usecases.audit.deed import Author, Deed, record
from usecases.clock import now
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.device import DeviceFacts
from usecases.session.session import OpenedSession, end_session, open_session, renew, supersede


@dataclass(frozen=True, slots=True)
class Proof:
    """That somebody knew an account's password, and when that was set, so that a change meanwhile undoes the proof."""

    account_id: UUID
    password_set_at: datetime | None


TOLD = frozenset({AccountStatus.ACTIVE, AccountStatus.CLOSED})  # who proves the password is told more than "failed"


def proof_of(credential: Mapping[str, Any] | None, *, fits: bool) -> Proof | None:
    """Return the proof that a password which fits is, unless its owner is told no more than who has no password.

    Told before the transaction, so that the right password of a suspended account takes the same statements as a wrong
    one.
    """
    if credential is None or not fits or credential["status"] not in TOLD:
        return None
    return Proof(credential["id"], credential["password_set_at"])


async def sign_in(
    session: AsyncSession, author: Author, proof: Proof | None, transport: Transport, device: DeviceFacts
) -> OpenedSession:
    """Open a session for who proved her password.

    Raises RefusedError SIGN_IN_FAILED without a proof, when the password has changed since, or when the account is not
    active; the reasons cannot be told apart, or anyone could ask who has an account. Raises ACCOUNT_CLOSED to the owner
    of a closed account, who can open it again.
    """
    account = await _proved(session, proof)
    if account is not None and account.status is AccountStatus.CLOSED:
        await _refuse_closed(session, account)
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise RefusedError([Refusal(RefusalCode.SIGN_IN_FAILED, "SIGN_IN_FAILED")])
    opened = await open_session(session, author, account.id, transport, device)
    record(session, author, Deed("session.signIn", account.id, changes={"transport": transport}))
    await session.flush()
    return opened


async def reauthenticate(session: AsyncSession, author: Author, proof: Proof | None) -> OpenedSession:
    """Note that the author proved her password again, and give her session a new secret; the former is worthless.

    Raises RefusedError SIGN_IN_FAILED without a proof or when her password has changed since, SESSION_ENDED when the
    session has.
    """
    account = await _proved(session, proof)
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise RefusedError([Refusal(RefusalCode.SIGN_IN_FAILED, "PASSWORD_WRONG", ("input", "password"))])
    current = await session.scalar(
        select(Session)
        .where(Session.id == author.viewer.session_id, Session.account_id == account.id, Session.ended_at.is_(None))
        .with_for_update()
    )
    if current is None:
        raise RefusedError([Refusal(RefusalCode.SESSION_ENDED, "SESSION_ENDED")])
    at = now()
    supersede(session, current, at)
    secret, expires_at = renew(current, at)
    current.reauthenticated_at = at
    record(session, author, Deed("session.reauthenticate", account.id))
    await session.flush()
    return OpenedSession(current.id, secret, expires_at)


async def sign_out(session: AsyncSession, author: Author) -> None:
    """End the author's session; its secret is worthless from the next request on."""
    account_id, session_id = author.viewer.account_id, author.viewer.session_id
    if session_id is not None and await end_session(session, account_id, session_id):
        record(session, author, Deed("session.signOut", account_id))


async def replace_hash(session: AsyncSession, proof: Proof, password_hash: str) -> None:
    """Keep the same password under today's parameters, unless it has changed meanwhile; it is no change to her."""
    await session.execute(
        update(Account)
        .where(Account.id == proof.account_id, Account.password_set_at.is_not_distinct_from(proof.password_set_at))
        .values(password_hash=password_hash)
    )


async def _proved(session: AsyncSession, proof: Proof | None) -> Account | None:
    """Return the account of a proof that still holds, locked so that it holds until the deed is done."""
    if proof is None:
        return None
    account = await session.scalar(
        select(Account).where(Account.id == proof.account_id).with_for_update(key_share=True)
    )
    holds = (
        account is not None
        and account.status in TOLD
        and account.password_hash is not None
        and account.password_set_at == proof.password_set_at
    )
    return account if holds else None


async def _refuse_closed(session: AsyncSession, account: Account) -> None:
    """Raise RefusedError ACCOUNT_CLOSED while a closed account can be opened again."""
    closing = select(AccountClosure.erase_after).where(
        AccountClosure.account_id == account.id,
        AccountClosure.undone_at.is_(None),
        AccountClosure.erased_at.is_(None),
        AccountClosure.erase_after > now(),
    )
    erase_after = await session.scalar(closing)
    if erase_after is not None:
        facts = {"until": erase_after.isoformat()}
        raise RefusedError([Refusal(RefusalCode.ACCOUNT_CLOSED, "ACCOUNT_CLOSED", facts=facts)])
