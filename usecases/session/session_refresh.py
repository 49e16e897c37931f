"""Refresh tokens: each is used once and has one child, the same for all requests with the parent.

The child is derived from the parent with a key of the session. So a lost answer can be given again although no secret
is stored. Sources: RFC 9700, section 4.14.2; bug log, B29-B32.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, derive, digest
from models.account import Account, AccountStatus
from models.refresh_token import RefreshToken
from models.session import Session
from models.values.user_agent import device_name
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.locks import lock_account
from usecases.mail.alarm import enqueue_alarm
from usecases.mail.message_kind import MessageKind
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.session import ACCESS_TOKEN_LIFETIME, OpenedSession, end_session, supersede

GRACE = timedelta(seconds=30)  # within this time a repeated token is a lost answer or a second tab, not a thief
MOST_CHILDREN = 100  # in one grace period


async def refresh_session(db: AsyncSession, actor: Actor, secret: str, *, now: datetime) -> OpenedSession | None:
    """Exchange a refresh token for an access token and the next refresh token.

    Repeated within the grace period it returns the same ones, never a second child. If these have been used too, it
    returns the present end of the chain. Repeated later, two parties have it: the session ends, and its owner is told
    by mail. None is returned then, because a refusal would roll that back. Raises RefusedError SESSION_ENDED for any
    other token.
    """
    secret_hash = digest(TokenKind.REFRESH, secret)
    if secret_hash is None:
        raise _ended()
    session_id = await _replace(db, secret_hash, now)
    if session_id is not None:
        opened = await db.get_one(Session, session_id, with_for_update=True)
        if opened.ended_at is not None:
            raise _ended()
        return await _follow(db, actor, opened, secret, now)
    return await _again(db, actor, secret, now)


async def _replace(db: AsyncSession, secret_hash: bytes, at: datetime) -> UUID | None:
    """Consume a token and return its session; of several requests at the same instant only one succeeds."""
    live = select(Session.id).join(Account).where(*_lives(at)).scalar_subquery()
    replaced: UUID | None = await db.scalar(
        update(RefreshToken)
        .where(
            RefreshToken.secret_hash == secret_hash,
            RefreshToken.replaced_at.is_(None),
            RefreshToken.expires_at > at,
            RefreshToken.session_id.in_(live),
        )
        .values(replaced_at=at)
        .returning(RefreshToken.session_id)
        .execution_options(synchronize_session=False)
    )
    return replaced


async def _follow(db: AsyncSession, actor: Actor, opened: Session, parent: str, at: datetime) -> OpenedSession:
    key = _key(opened)
    secret, secret_hash = derive(TokenKind.REFRESH, key, parent)
    supersede(db, opened, at)
    access, opened.access_hash = derive(TokenKind.ACCESS, key, secret)
    opened.access_expires_at = min(at + ACCESS_TOKEN_LIFETIME, opened.expires_at)
    opened.last_seen_at = at
    db.add(RefreshToken(secret_hash=secret_hash, session_id=opened.id, issued_at=at, expires_at=opened.expires_at))
    write_audit(db, actor, AuditRecord(Action.SESSION_REFRESH, opened.account_id, changes={"session": str(opened.id)}))
    await db.flush()
    return OpenedSession(opened.id, access, opened.access_expires_at, secret)


async def _again(db: AsyncSession, actor: Actor, secret: str, at: datetime) -> OpenedSession | None:
    """Answer a token that has been used before, or refuse an unknown or ended one."""
    found = (
        await db.execute(
            select(RefreshToken, Session)
            .join(Session, Session.id == RefreshToken.session_id)
            .join(Account, Account.id == Session.account_id)
            .where(RefreshToken.secret_hash == digest(TokenKind.REFRESH, secret), *_lives(at))
        )
    ).one_or_none()
    replaced_at = found[0].replaced_at if found is not None else None
    if found is None or replaced_at is None:
        raise _ended()
    opened = found[1]
    # The absolute distance: after a clock was set back, the age would give a thief a day of grace.
    if abs(at - replaced_at) < GRACE:
        return await _come_to(db, actor, opened, secret)
    account = await lock_account(db, opened.account_id)
    if account is None or not await end_session(db, account.id, opened.id, at):
        raise _ended()
    await _tell(db, actor, opened, account, at)
    return None


async def _come_to(db: AsyncSession, actor: Actor, opened: Session, parent: str) -> OpenedSession:
    """Return the one live refresh token of a chain, and its access token, to the holder of an earlier token of it."""
    live = await db.scalar(
        select(RefreshToken.secret_hash).where(RefreshToken.session_id == opened.id, RefreshToken.replaced_at.is_(None))
    )
    chain = islice(_children(_key(opened), parent), MOST_CHILDREN)
    secret = next((child for child, child_hash in chain if child_hash == live), None)
    if secret is None or opened.access_expires_at is None:
        raise _ended()
    changes = {"session": str(opened.id), "again": True}
    write_audit(db, actor, AuditRecord(Action.SESSION_REFRESH, opened.account_id, changes=changes))
    access, _ = derive(TokenKind.ACCESS, _key(opened), secret)
    return OpenedSession(opened.id, access, opened.access_expires_at, secret)


def _children(key: bytes, parent: str) -> Iterator[tuple[str, bytes]]:
    while True:
        parent, secret_hash = derive(TokenKind.REFRESH, key, parent)
        yield parent, secret_hash


async def _tell(db: AsyncSession, actor: Actor, opened: Session, account: Account, at: datetime) -> None:
    write_audit(db, actor, AuditRecord(Action.SESSION_REVOKE_FAMILY, account.id, changes={"session": str(opened.id)}))
    device = device_name(opened.user_agent)
    enqueue_alarm(db, MessageKind.SESSION_FAMILY_REVOKED, account, at, {"device": device} if device else {})
    await db.flush()


def _lives(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return Session.ended_at.is_(None), Session.expires_at > moment, Account.status == AccountStatus.ACTIVE


def _key(opened: Session) -> bytes:
    if opened.refresh_key is None:
        raise _ended()
    return opened.refresh_key


def _ended() -> RefusedError:
    return RefusedError([Refusal(RefusalCode.SESSION_ENDED, "SESSION_ENDED")])
