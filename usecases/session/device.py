"""Devices: the browser or app in which a person signs in, recognised by a secret of its own."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, digest, issue
from models.account import Account
from models.device import KEPT_FOR, Device
from models.session import Session, Transport
from models.values.user_agent import device_name, shortened
from usecases.audit.audit_record import Actor
from usecases.mail.alarm import enqueue_alarm
from usecases.mail.message_kind import MessageKind
from usecases.place import Places

MOST_DEVICES = 20  # of one account; above this the device with the oldest sign-in is forgotten


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """The request's facts about its device; `secret` is from an earlier sign-in."""

    transport: Transport
    secret: str | None = None
    user_agent: str | None = None
    address: str | None = None
    places: Places = field(default_factory=Places)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device of an account, and the secret by which it will be recognised."""

    id: UUID
    secret: str


async def recognise(db: AsyncSession, account_id: UUID, device: DeviceFacts, now: datetime) -> KnownDevice:
    """Return the account's device with that secret, or a new one; owners with earlier sign-ins are told of a new one.

    One browser keeps one secret for all accounts that sign in from it; each account has a row of its own for it. The
    caller has locked the account, so that sign-ins at the same instant keep to MOST_DEVICES.
    """
    secret = device.secret if device.secret and digest(TokenKind.DEVICE, device.secret) else issue(TokenKind.DEVICE)[0]
    secret_hash = device_hash(secret, account_id)
    devices = await _live_devices(db, account_id, now)
    known = next((one for one in devices if one.secret_hash == secret_hash), None)
    if known is None:
        await _forget_all_but(db, account_id, devices[: MOST_DEVICES - 1])
        if await _has_signed_in(db, account_id):
            await _tell(db, account_id, device, now)
        known = Device(account_id=account_id, secret_hash=secret_hash, created_at=now)
        db.add(known)
    known.last_seen_at = now
    await db.flush()
    return KnownDevice(known.id, secret)


async def forget_devices(db: AsyncSession, account_id: UUID, *, but: UUID | None = None) -> None:
    """Forget an account's devices, all but one: their next sign-in is reported and rate-limited like a stranger's.

    A known device has its own rate limit and causes no message. It must not outlive a recovery, because it may be a
    thief's (docs/decisions/0010-sessions.md). The caller has locked the account and ended its sessions.
    """
    kept = await db.get(Device, but) if but is not None else None
    await _forget_all_but(db, account_id, [kept] if kept is not None else [])


async def present_device(db: AsyncSession, actor: Actor, account_id: UUID, now: datetime) -> UUID | None:
    """Return the account's device of the actor: that of their session, or of their browser's secret."""
    if actor.viewer.account_id == account_id:
        return await db.scalar(select(Session.device_id).where(Session.id == actor.viewer.session_id))
    if digest(TokenKind.DEVICE, actor.device or "") is None:
        return None
    secret_hash = device_hash(str(actor.device), account_id)
    devices = await _live_devices(db, account_id, now)
    return next((one.id for one in devices if one.secret_hash == secret_hash), None)


async def _live_devices(db: AsyncSession, account_id: UUID, at: datetime) -> list[Device]:
    """Return the devices that are not expired, latest sign-in first."""
    live = select(Device).where(Device.account_id == account_id, Device.last_seen_at > at - KEPT_FOR)
    return list(await db.scalars(live.order_by(Device.last_seen_at.desc(), Device.id.desc())))


async def _forget_all_but(db: AsyncSession, account_id: UUID, kept: Sequence[Device]) -> None:
    forgotten = select(Device.id).where(Device.account_id == account_id, Device.id.not_in([one.id for one in kept]))
    # Sessions are locked by id as everywhere: other actions lock ended sessions of the account without the account.
    signed_in = select(Session.id).where(Session.device_id.in_(forgotten)).order_by(Session.id).with_for_update()
    sessions = update(Session).where(Session.id.in_(signed_in)).values(device_id=None)
    await db.execute(sessions, execution_options={"synchronize_session": False})
    devices = delete(Device).where(Device.id.in_(forgotten))
    await db.execute(devices, execution_options={"synchronize_session": False})


async def _has_signed_in(db: AsyncSession, account_id: UUID) -> bool:
    return bool(await db.scalar(select(exists().where(Session.account_id == account_id))))


def device_hash(secret: str, account_id: UUID) -> bytes:
    """Return the stored hash of a device's secret for one account; raises ValueError if it is not such a secret.

    `models.device.CREDENTIAL_AND_DEVICE` computes the same in SQL.
    """
    secret_hash = digest(TokenKind.DEVICE, secret)
    if secret_hash is None:
        raise ValueError("not a device's secret; issue one")
    return hashlib.sha256(secret_hash + account_id.bytes).digest()


async def _tell(db: AsyncSession, account_id: UUID, device: DeviceFacts, at: datetime) -> None:
    account = await db.get_one(Account, account_id)
    name, place = device_name(shortened(device.user_agent)), device.places.find(device.address, account.language)
    facts = ({"device": name} if name else {}) | (place.facts if place else {})
    enqueue_alarm(db, MessageKind.SIGNED_IN_FROM_NEW_DEVICE, account, at, facts)
