"""Signing in and out: a new secret at every sign-in, and one answer for every way to fail."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, issue
from models.account import Account, AccountStatus
from models.session import Session, Transport
from usecases.deed import Author, Deed, record
from usecases.refusal import Refusal, RefusalCode, RefusedError

COOKIE_LIFETIME = timedelta(days=14)
ACCESS_TOKEN_LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Proof:
    """That somebody knew an account's password: the hash that was checked, so that a change meanwhile undoes it."""

    account_id: UUID
    password_hash: str


async def sign_in(session: AsyncSession, author: Author, proof: Proof | None, transport: Transport) -> str:
    """Open a session for who proved her password, and return its secret.

    Raises RefusedError SIGN_IN_FAILED without a proof, when the password has changed since, or when the account is not
    active; the reasons cannot be told apart (security.md 1.9).
    """
    account = None
    if proof is not None:
        account = await session.scalar(select(Account).where(Account.id == proof.account_id).with_for_update(read=True))
    if proof is None or account is None or not _holds(proof, account):
        raise RefusedError([Refusal(RefusalCode.SIGN_IN_FAILED, "SIGN_IN_FAILED")])
    secret, opened = _open(account.id, transport)
    session.add(opened)
    record(session, author, Deed("session.signIn", account.id, changes={"transport": transport}))
    await session.flush()
    return secret


async def sign_out(session: AsyncSession, author: Author) -> None:
    """End the author's session; its secret is worthless from the next request on."""
    ended = await session.scalar(
        update(Session)
        .where(Session.id == author.viewer.session_id, Session.ended_at.is_(None))
        .values(ended_at=datetime.now(UTC))
        .returning(Session.account_id)
    )
    if ended is not None:
        record(session, author, Deed("session.signOut", ended))


def _holds(proof: Proof, account: Account) -> bool:
    return account.status is AccountStatus.ACTIVE and account.password_hash == proof.password_hash


def _open(account_id: UUID, transport: Transport) -> tuple[str, Session]:
    now = datetime.now(UTC)
    if transport is Transport.COOKIE:
        secret, secret_hash = issue(TokenKind.COOKIE)
        return secret, Session(
            account_id=account_id, transport=transport, cookie_hash=secret_hash, expires_at=now + COOKIE_LIFETIME
        )
    secret, secret_hash = issue(TokenKind.ACCESS)
    return secret, Session(
        account_id=account_id, transport=transport, access_hash=secret_hash, expires_at=now + ACCESS_TOKEN_LIFETIME
    )
