"""Sessions: opened with fresh secrets, and ended in the transaction of the action that ends them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from auth.policies.session import reasons_against_revocation
from auth.tokens import TokenKind, issue
from models.refresh_token import RefreshToken
from models.session import Session, Transport
from models.superseded_token import SupersededToken
from models.values.network import network_of
from models.values.user_agent import shortened
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.refusal import Refusal, RefusalCode, RefusedError, refuse_for
from usecases.session.device import DeviceFacts, recognise

SESSION_LIFETIME = timedelta(days=90)  # from the sign-in, even if it is in use
ACCESS_TOKEN_LIFETIME = timedelta(minutes=10)

SECRETS = {Transport.COOKIE: TokenKind.COOKIE, Transport.TOKEN: TokenKind.ACCESS}


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session and its secrets, which are shown once; `expires_at` is the end of `secret`."""

    session_id: UUID
    secret: str
    expires_at: datetime
    refresh_secret: str | None = None
    device_secret: str | None = None


async def open_session(
    db: AsyncSession, actor: Actor, account_id: UUID, device: DeviceFacts, now: datetime
) -> OpenedSession:
    """Open a session of an account that has just been proved; a browser's former session ends (ASVS 5.0, 7.2.4).

    No text from the client becomes a secret of the session. The caller has locked the account, so that an action that
    ends all its sessions ends this one too. The caller writes the audit record.
    """
    transport = device.transport
    if transport is Transport.COOKIE:
        await _end(db, now, Session.id == actor.viewer.session_id, Session.transport == Transport.COOKIE)
    known = await recognise(db, account_id, device, now)
    opened = Session(
        id=uuid7(),
        account_id=account_id,
        transport=transport,
        device_id=known.id,
        user_agent=shortened(device.user_agent),
        network=network_of(device.address),
        refresh_key=token_bytes(32) if transport is Transport.TOKEN else None,
        last_seen_at=now,
        reauthenticated_at=now,
        expires_at=now + SESSION_LIFETIME,
    )
    db.add(opened)
    secret, expires_at = renew(opened, now)
    await db.flush()
    refresh_secret = _begin_chain(db, opened, now) if transport is Transport.TOKEN else None
    await db.flush()
    return OpenedSession(opened.id, secret, expires_at, refresh_secret, known.secret)


def renew(opened: Session, at: datetime) -> tuple[str, datetime]:
    """Give a session a new secret, which replaces the former; return it and its expiry.

    Call `supersede` first to keep the access token that it replaces.
    """
    secret, secret_hash = issue(SECRETS[opened.transport])
    if opened.transport is Transport.COOKIE:
        opened.cookie_hash = secret_hash
        return secret, opened.expires_at
    opened.access_hash = secret_hash
    opened.access_expires_at = min(at + ACCESS_TOKEN_LIFETIME, opened.expires_at)
    return secret, opened.access_expires_at


def supersede(db: AsyncSession, opened: Session, at: datetime) -> None:
    """Keep the access token that is about to be replaced, so that its holder is told to refresh."""
    if opened.access_hash is not None:
        db.add(SupersededToken(secret_hash=opened.access_hash, session_id=opened.id, superseded_at=at))


async def end_session(db: AsyncSession, account_id: UUID | None, session_id: UUID, now: datetime) -> bool:
    """End one session of an account; return False when the account has no such live session."""
    return bool(await _end(db, now, Session.account_id == account_id, Session.id == session_id))


async def end_other_sessions(
    db: AsyncSession, account_id: UUID, except_session_id: UUID | None, now: datetime
) -> list[UUID]:
    """End every session of an account but one, and return their ids; they are invalid from the next request on."""
    return await _end(db, now, Session.account_id == account_id, Session.id != except_session_id)


async def end_all_sessions(db: AsyncSession, account_id: UUID, now: datetime) -> list[UUID]:
    """End every session of an account, of both transports, and return their ids (B28, B33)."""
    return await _end(db, now, Session.account_id == account_id)


async def revoke_session(db: AsyncSession, actor: Actor, session_id: UUID | None, *, now: datetime) -> None:
    """End one of the actor's own sessions; raises RefusedError NOT_FOUND if it has ended or is not theirs."""
    account_id = actor.viewer.account_id
    own = select(Session).where(Session.id == session_id, Session.account_id == account_id).with_for_update()
    session = await db.scalar(own)
    missing = Refusal(RefusalCode.NOT_FOUND, "SESSION_NOT_FOUND", ("id",))
    if session is None:
        raise RefusedError([missing])
    refuse_for(reasons_against_revocation(actor.viewer, session.account_id, session.ended_at), missing)
    session.ended_at = now
    write_audit(db, actor, AuditRecord(Action.SESSION_REVOKE, account_id, changes={"session": str(session_id)}))


async def revoke_other_sessions(db: AsyncSession, actor: Actor, *, now: datetime) -> list[UUID]:
    """End all the actor's sessions but the present one, and return their ids."""
    account_id = actor.viewer.account_id
    ended = await _end(db, now, Session.account_id == account_id, Session.id != actor.viewer.session_id)
    write_audit(
        db, actor, AuditRecord(Action.SESSION_REVOKE_OTHERS, account_id, changes={"sessions": list(map(str, ended))})
    )
    return ended


async def _end(db: AsyncSession, now: datetime, *which: ColumnElement[bool]) -> list[UUID]:
    # Locked in one order; otherwise two actions that end the same sessions would deadlock.
    live = select(Session.id).where(Session.ended_at.is_(None), *which).order_by(Session.id).with_for_update()
    ended = update(Session).where(Session.id.in_(live)).values(ended_at=now).returning(Session.id)
    return list(await db.scalars(ended.execution_options(synchronize_session=False)))


def _begin_chain(db: AsyncSession, opened: Session, at: datetime) -> str:
    """Give the session its first refresh token; every later one is derived with the session's key."""
    secret, secret_hash = issue(TokenKind.REFRESH)
    db.add(RefreshToken(secret_hash=secret_hash, session_id=opened.id, issued_at=at, expires_at=opened.expires_at))
    return secret
