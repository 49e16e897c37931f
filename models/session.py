"""One device signed in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Select, Text, bindparam, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from models import account
from models.account import CONFIRMATION, Account, AccountStatus, EmailConfirmation
from models.base import Base, Id, Moment, checked_text
from models.membership import Membership, MembershipStatus
from models.staff import StaffGrant


class Transport(StrEnum):
    """How a device proves itself: a cookie for browsers on our sites, an access token for everything else."""

    COOKIE = "COOKIE"
    TOKEN = "TOKEN"  # noqa: S105 - the name of a transport, not a secret


class Session(Base):
    """One device signed in; each kind of secret has a column of its own, so that one never stands in for another."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("(cookie_hash IS NOT NULL) = (transport = 'COOKIE')", name="cookie_for_cookie_transport"),
        CheckConstraint("(access_hash IS NOT NULL) = (transport = 'TOKEN')", name="access_for_token_transport"),
        Index("ix_sessions_account_id_id", "account_id", "id"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    transport: Mapped[Transport] = mapped_column(checked_text(Transport))
    cookie_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    access_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    access_expires_at: Mapped[datetime | None]
    refresh_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("devices.id"))
    user_agent: Mapped[str | None] = mapped_column(Text)
    network: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    reauthenticated_at: Mapped[Moment]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


_ROLES = (
    select(
        func.array_agg(Membership.organization_id).label("organization_ids"),
        func.array_agg(Membership.role).label("roles"),
    )
    .where(Membership.account_id == Account.id, Membership.status == MembershipStatus.ACTIVE)
    .lateral("held")
)
_STAFF_ROLES = (
    select(func.array_agg(StaffGrant.role).label("staff_roles"))
    .where(StaffGrant.account_id == Account.id, StaffGrant.revoked_at.is_(None))
    .lateral("granted")
)


def _viewer(secret: InstrumentedAttribute[bytes | None]) -> Select[tuple[object, ...]]:
    """Return the one read of a request's beginning: the live session behind a secret, its account and all its roles."""
    return (
        select(
            Session.id.label("session_id"),
            *account.COLUMNS,
            _ROLES.c.organization_ids,
            _ROLES.c.roles,
            _STAFF_ROLES.c.staff_roles,
        )
        .join_from(Session, Account, Account.id == Session.account_id)
        .outerjoin(EmailConfirmation, CONFIRMATION)
        .join(_ROLES, true())
        .join(_STAFF_ROLES, true())
        .where(
            secret == bindparam("secret_hash", type_=LargeBinary()),
            Session.ended_at.is_(None),
            Session.expires_at > func.now(),
            Account.status == AccountStatus.ACTIVE,
        )
    )


VIEWER_BY_COOKIE = _viewer(Session.cookie_hash)
VIEWER_BY_ACCESS_TOKEN = _viewer(Session.access_hash).where(
    func.coalesce(Session.access_expires_at, Session.expires_at) > func.now()
)
