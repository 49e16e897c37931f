"""The browser or app that somebody signs in with, recognised by a secret of its own."""

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from auth.tokens import TokenKind, digest, issue
from models.account import Account
from models.device import Device
from models.message import Letter
from models.session import Session
from models.values.user_agent import device_name, shortened
from usecases.alarm import post_alarm
from usecases.clock import now
from usecases.place import Places


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What a request says of the device it comes from; `secret` is what an earlier sign-in gave it."""

    secret: str | None = None
    user_agent: str | None = None
    address: str | None = None
    places: Places = field(default_factory=Places)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device of an account, and the secret by which it will be known."""

    id: UUID
    secret: str


async def recognise(session: AsyncSession, account_id: UUID, device: DeviceFacts) -> KnownDevice:
    """Return the account's device with that secret, or a new one, of which the owner is told if she had others.

    One browser keeps one secret however many accounts sign in from it; each account has a row of its own for it.
    """
    secret = device.secret if device.secret and digest(TokenKind.DEVICE, device.secret) else issue(TokenKind.DEVICE)[0]
    secret_hash = device_hash(secret, account_id)
    had_others = bool(await session.scalar(select(exists().where(Device.account_id == account_id))))
    identity = uuid7()
    seen = insert(Device).values(
        id=identity, account_id=account_id, secret_hash=secret_hash, created_at=now(), last_seen_at=now()
    )
    known = await session.scalar(
        seen.on_conflict_do_update(index_elements=[Device.secret_hash], set_={"last_seen_at": now()}).returning(
            Device.id
        )
    )
    assert known is not None
    if known == identity and had_others:
        await _tell(session, account_id, device)
    return KnownDevice(known, secret)


def device_hash(secret: str, account_id: UUID) -> bytes:
    """Return what is kept of a device's secret for one account; raises ValueError for no such secret.

    The statement that reads a sign-in's credential computes the same (models/session.py).
    """
    secret_hash = digest(TokenKind.DEVICE, secret)
    if secret_hash is None:
        raise ValueError("not a device's secret; issue one")
    return hashlib.sha256(secret_hash + account_id.bytes).digest()


async def forget_devices(session: AsyncSession, account_id: UUID, *, but: UUID | None = None) -> None:
    """Forget every device of an account, or every one but one; its sessions stay as they are."""
    gone = (Device.account_id == account_id) & Device.id.is_distinct_from(but)
    signed_in = update(Session).where(Session.device_id.in_(select(Device.id).where(gone)))
    await session.execute(signed_in.values(device_id=None), execution_options={"synchronize_session": False})
    await session.execute(delete(Device).where(gone), execution_options={"synchronize_session": False})


async def _tell(session: AsyncSession, account_id: UUID, device: DeviceFacts) -> None:
    account = await session.get_one(Account, account_id)
    name, place = device_name(shortened(device.user_agent)), device.places.find(device.address, account.language)
    facts = ({"device": name} if name else {}) | (place.facts if place else {})
    post_alarm(session, Letter.SIGNED_IN_FROM_NEW_DEVICE, account, facts)
