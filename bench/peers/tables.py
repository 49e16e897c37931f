"""ORM entities with relationships, and the viewer behind a token, for the peers that use the ORM."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, and_, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The declarative base of the peers."""


class Account(Base):
    """One person's login."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    email: Mapped[str]
    display_name: Mapped[str]


class Organization(Base):
    """A business customer."""

    __tablename__ = "organizations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    business_id: Mapped[str | None]


class Membership(Base):
    """A person in an organization."""

    __tablename__ = "memberships"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    role: Mapped[str]
    status: Mapped[str]
    account: Mapped[Account] = relationship(lazy="raise")
    organization: Mapped[Organization] = relationship(lazy="raise")


class Session(Base):
    """A signed-in device."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    access_hash: Mapped[bytes | None]
    expires_at: Mapped[datetime]
    access_expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class StaffGrant(Base):
    """A staff role given to an account."""

    __tablename__ = "staff_grants"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str]
    revoked_at: Mapped[datetime | None]


class Task(Base):
    """A task that a person must do before they may use their account."""

    __tablename__ = "tasks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str]
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Viewer:
    """The viewer and their roles; none while they have open tasks."""

    account: Account
    roles: dict[UUID, str]
    staff_roles: frozenset[str]
    restricted: bool


_HELD = (
    select(
        func.array_agg(Membership.organization_id).label("organizations"),
        func.array_agg(Membership.role).label("roles"),
    )
    .where(Membership.account_id == Account.id, Membership.status == "ACTIVE")
    .lateral()
)
_GRANTED = (
    select(func.array_agg(StaffGrant.role).label("roles"))
    .where(StaffGrant.account_id == Account.id, StaffGrant.revoked_at.is_(None))
    .lateral()
)
_OPENED = (
    select(func.array_agg(aggregate_order_by(Task.kind, Task.opened_at, Task.id)).label("kinds"))
    .where(Task.account_id == Account.id, Task.done_at.is_(None))
    .lateral()
)


def lives_by(authorization: str) -> ColumnElement[bool]:
    """Return the condition for the session of an Authorization header: valid, and of an active account."""
    return and_(
        Session.access_hash == hashlib.sha256(authorization.removeprefix("Bearer ").encode()).digest(),
        Session.ended_at.is_(None),
        Session.expires_at > func.now(),
        func.coalesce(Session.access_expires_at, Session.expires_at) > func.now(),
        Account.status == "ACTIVE",
    )


async def viewer_of(db: AsyncSession, authorization: str | None) -> Viewer | None:
    """Return the viewer behind an Authorization header, by one statement."""
    if not authorization:
        return None
    statement = (
        select(Account, _HELD.c.organizations, _HELD.c.roles, _GRANTED.c.roles, _OPENED.c.kinds)
        .join(Session, Session.account_id == Account.id)
        .join(_HELD, true())
        .join(_GRANTED, true())
        .join(_OPENED, true())
        .where(lives_by(authorization))
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None:
        return None
    account, organizations, roles, staff_roles, tasks = row
    if tasks:
        return Viewer(account, {}, frozenset(), restricted=True)
    held = dict(zip(organizations or (), roles or (), strict=True))
    return Viewer(account, held, frozenset(staff_roles or ()), restricted=False)
