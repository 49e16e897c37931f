"""Signing in and out: a new secret at every proof of the password, and one answer for every way to fail.

The password is checked between two short uses of the database, never during one.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.hashing import PasswordWorkBusyError
from auth.rate_limiter import Bucket
from auth.tokens import TokenKind, digest
from models.account import CREDENTIAL_BY_ID, Account, AccountStatus
from models.db.errors import DatabaseUnavailableError
from models.db.query import Row
from models.device import CREDENTIAL_AND_DEVICE
from models.mailed_secret import AccountClosure
from models.session import Session, Transport
from models.values.email import parse_email
from models.values.refusal import InvalidValue
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.gate import Gate
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.device import DeviceFacts
from usecases.session.session import OpenedSession, end_session, open_session, renew, supersede


@dataclass(frozen=True, slots=True)
class SignInForm:
    """The input of a sign-in; `device_token` is what an earlier sign-in from the same device was given."""

    email: str
    password: str
    transport: Transport
    device_token: str | None = None


@dataclass(frozen=True, slots=True)
class VerifiedPassword:
    """Proof that somebody knew an account's password. A change of the password after `password_set_at` voids it."""

    account_id: UUID
    password_set_at: datetime | None


TOLD = frozenset({AccountStatus.ACTIVE, AccountStatus.CLOSED})  # their owners are told more than "failed"


async def sign_in(gate: Gate, form: SignInForm) -> OpenedSession:
    """Sign in by e-mail and password; every failure answers alike, after the same work.

    Raises RateLimitedError, PasswordWorkBusyError, or RefusedError as `open_verified` does.
    """
    actor = gate.actor
    device = DeviceFacts(
        form.transport, form.device_token or actor.device, actor.user_agent, actor.address, gate.resources.places
    )
    credential = await _credential(gate, form.email, device)
    await gate.limit(*_sign_in_buckets(actor, form.email, credential))
    verified = await _verified(gate, credential, form.password)
    gate.subject_id = credential["id"] if credential is not None else None
    opened = await gate.run(lambda db, actor, now: open_verified(db, actor, verified, device, now=now))
    assert verified is not None, "without one, the use case refuses"
    assert credential is not None
    await _keep_hash_up_to_date(gate, verified, credential["password_hash"], form.password)
    return opened


async def reauthenticate(gate: Gate, password: str) -> OpenedSession:
    """Prove the actor's password again, and give their session a new secret; the former one is worthless.

    Raises RateLimitedError, PasswordWorkBusyError, or RefusedError as `renew_verified` does.
    """
    viewer = gate.actor.viewer
    gate.subject_id = viewer.account_id
    await gate.limit(Bucket.reauthentication(viewer.session_id))
    rows = await gate.fetch(CREDENTIAL_BY_ID, account_id=viewer.account_id)
    verified = await _verified(gate, rows[0] if rows else None, password)
    return await gate.run(lambda db, actor, now: renew_verified(db, actor, verified, now=now))


async def open_verified(
    db: AsyncSession, actor: Actor, verified: VerifiedPassword | None, device: DeviceFacts, *, now: datetime
) -> OpenedSession:
    """Open a session for a person who proved their password.

    Raises RefusedError SIGN_IN_FAILED without a proof, when the password has changed since, or when the account is not
    active. These reasons have one answer; otherwise anybody could ask who has an account. Raises ACCOUNT_CLOSED to the
    owner of a closed account, who can reopen it.
    """
    account = await _proved(db, verified)
    if account is not None and account.status is AccountStatus.CLOSED:
        await _refuse_closed(db, account, now)
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise RefusedError([Refusal(RefusalCode.SIGN_IN_FAILED, "SIGN_IN_FAILED")])
    opened = await open_session(db, actor, account.id, device, now)
    write_audit(db, actor, AuditRecord(Action.SESSION_SIGN_IN, account.id, changes={"transport": device.transport}))
    await db.flush()
    return opened


async def renew_verified(
    db: AsyncSession, actor: Actor, verified: VerifiedPassword | None, *, now: datetime
) -> OpenedSession:
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
    supersede(db, current, now)
    secret, expires_at = renew(current, now)
    current.reauthenticated_at = now
    write_audit(db, actor, AuditRecord(Action.SESSION_REAUTHENTICATE, account.id))
    await db.flush()
    return OpenedSession(current.id, secret, expires_at)


async def sign_out(db: AsyncSession, actor: Actor, *, now: datetime) -> None:
    """End the actor's session; its secret is worthless from the next request on."""
    account_id, session_id = actor.viewer.account_id, actor.viewer.session_id
    if session_id is not None and await end_session(db, account_id, session_id, now):
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


def _sign_in_buckets(actor: Actor, email: str, credential: Row | None) -> list[Bucket]:
    """Return the buckets of an attempt; a known device has its own, so that no stranger locks its owner out."""
    if credential is not None and credential["device_id"] is not None:
        return [Bucket.sign_in_device(credential["device_id"])]
    key, address = _key_of(email), actor.address
    return [
        Bucket.sign_in_account_from(key, address),
        Bucket.sign_in_address(address),
        Bucket.sign_in_account(key),
    ]


def _key_of(email: str) -> str:
    """Return what attempts at an address are counted by; what is no address is counted as it is written."""
    try:
        return parse_email(email).key
    except InvalidValue:
        return email[:254].strip().casefold()


async def _credential(gate: Gate, email: str, device: DeviceFacts) -> Row | None:
    try:
        key = parse_email(email).key
    except InvalidValue:
        return None
    device_hash = digest(TokenKind.DEVICE, device.secret or "")
    at = gate.clock().timestamp()
    rows = await gate.fetch(CREDENTIAL_AND_DEVICE, email_key=key, device_hash=device_hash, now=at)
    return rows[0] if rows else None


async def _verified(gate: Gate, credential: Row | None, password: str) -> VerifiedPassword | None:
    """Return the proof that a password which fits is, unless its owner is told no more than who has no password.

    Told before the transaction, so that the right password of a suspended account takes the same statements as a wrong
    one.
    """
    fits = await gate.resources.passwords.matches(credential and credential["password_hash"], password)
    if credential is None or not fits or credential["status"] not in TOLD:
        return None
    return VerifiedPassword(credential["id"], credential["password_set_at"])


async def _keep_hash_up_to_date(gate: Gate, verified: VerifiedPassword, password_hash: str, password: str) -> None:
    """Hash the password again when our parameters have grown; what hinders that fails no sign-in."""
    with suppress(PasswordWorkBusyError, DatabaseUnavailableError):
        renewed = await gate.resources.passwords.renewed(password_hash, password)
        if renewed is not None:
            async with gate.transaction() as db:
                await replace_hash(db, verified, renewed)


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


async def _refuse_closed(db: AsyncSession, account: Account, now: datetime) -> None:
    """Raise RefusedError ACCOUNT_CLOSED while a closed account can be opened again."""
    closing = select(AccountClosure.erase_after).where(
        AccountClosure.account_id == account.id,
        AccountClosure.undone_at.is_(None),
        AccountClosure.erased_at.is_(None),
        AccountClosure.erase_after > now,
    )
    erase_after = await db.scalar(closing)
    if erase_after is not None:
        facts = {"until": erase_after.isoformat()}
        raise RefusedError([Refusal(RefusalCode.ACCOUNT_CLOSED, "ACCOUNT_CLOSED", facts=facts)])
