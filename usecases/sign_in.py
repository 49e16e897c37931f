"""Signing in and out: a new secret at every sign-in, and one answer for every way to fail."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, issue
from models.account import Account, AccountStatus
from models.reading import Row
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


def proof_of(credential: Row | None, *, fits: bool) -> Proof | None:
    """Return the proof that a password which fits is, unless its account cannot sign in.

    Told before the transaction, so that the right password of a suspended account takes the same statements as a wrong
    one.
    """
    if credential is None or not fits or credential["status"] != AccountStatus.ACTIVE:
        return None
    return Proof(credential["id"], credential["password_hash"])


async def sign_in(session: AsyncSession, author: Author, proof: Proof | None, transport: Transport) -> str:
    """Open a session for who proved her password, and return its secret.

    A browser has one cookie: the session that it signs in from ends, so that no cookie from before lives on (ASVS
    5.0, 7.2.4). Raises RefusedError SIGN_IN_FAILED without a proof, when the password has changed since, or when the
    account is not active; the reasons cannot be told apart, or anyone could ask who has an account.
    """
    account = None
    if proof is not None:
        account = await session.scalar(select(Account).where(Account.id == proof.account_id).with_for_update(read=True))
    if proof is None or account is None or not _holds(proof, account):
        raise RefusedError([Refusal(RefusalCode.SIGN_IN_FAILED, "SIGN_IN_FAILED")])
    secret, opened = _open(account.id, transport)
    session.add(opened)
    if transport is Transport.COOKIE:
        await _end(session, author.viewer.session_id, Session.transport == Transport.COOKIE)
    record(session, author, Deed("session.signIn", account.id, changes={"transport": transport}))
    await session.flush()
    return secret


async def sign_out(session: AsyncSession, author: Author) -> None:
    """End the author's session; its secret is worthless from the next request on."""
    ended = await _end(session, author.viewer.session_id)
    if ended is not None:
        record(session, author, Deed("session.signOut", ended))


async def _end(session: AsyncSession, session_id: UUID | None, *limits: ColumnElement[bool]) -> UUID | None:
    """End a session that has not ended yet and return whose it was, if there was one."""
    ended: UUID | None = await session.scalar(
        update(Session)
        .where(Session.id == session_id, Session.ended_at.is_(None), *limits)
        .values(ended_at=datetime.now(UTC))
        .returning(Session.account_id)
    )
    return ended


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
