"""Sessions: one device signed in."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    func,
    null,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from models import account
from models.account import Account, AccountStatus
from models.db.base import Base, Id, Moment, checked_text
from models.db.clock import NOW
from models.db.keyset import IDS, Column, Listing, nodes
from models.db.query import labelled
from models.membership import Membership, MembershipStatus
from models.staff import StaffGrant
from models.superseded_token import SupersededToken
from models.task import Task


class Transport(StrEnum):
    """Carriers of a device's secret: a cookie for browsers on our sites, an access token for all others."""

    COOKIE = "COOKIE"
    TOKEN = "TOKEN"  # noqa: S105 - the name of a transport, not a secret


class Session(Base):
    """One device signed in; each kind of secret has a column of its own, so that none is accepted for another."""

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


IDLE_TIMEOUT = timedelta(days=14)  # a browser's session without use for this long has ended
SEEN_EVERY = timedelta(minutes=1)  # precision of the last use, so that a busy session is one write a minute
REAUTH_VALIDITY = timedelta(minutes=10)  # after a proof of the password, sensitive actions are allowed for this long

NOT_ENDED = Session.ended_at.is_(None) & (Session.expires_at > NOW)
NOT_IDLE = Session.last_seen_at > NOW - IDLE_TIMEOUT
NEEDS_TOUCH = Session.last_seen_at < NOW - SEEN_EVERY


def _array(listed: Column, *order: Column, which: ColumnElement[bool]) -> ColumnElement[Any]:
    """Return an array of one column of an account's rows, in that order."""
    return func.array(select(listed).where(which).order_by(*order).scalar_subquery())


_HELD = (Membership.account_id == Account.id) & (Membership.status == MembershipStatus.ACTIVE)
_GRANTED = (StaffGrant.account_id == Account.id) & StaffGrant.revoked_at.is_(None)
_OPEN = (Task.account_id == Account.id) & Task.done_at.is_(None)


# Arrays, because a join to an aggregate takes a third longer.
_OF_ACCOUNT = (
    *account.COLUMNS,
    _array(Membership.organization_id, Membership.id, which=_HELD).label("organization_ids"),
    _array(Membership.role, Membership.id, which=_HELD).label("roles"),
    _array(StaffGrant.role, which=_GRANTED).label("staff_roles"),
    _array(Task.kind, Task.opened_at, Task.id, which=_OPEN).label("tasks"),
)


def _viewers() -> Select[tuple[object, ...]]:
    """Return the read of live sessions, each with its account, roles and open tasks."""
    return (
        select(
            Session.id.label("session_id"),
            Session.transport.label("session_transport"),
            # Compared in SQL: decoding a timestamp costs asyncpg a microsecond, a boolean a tenth of that.
            NEEDS_TOUCH.label("session_needs_touch"),
            (Session.reauthenticated_at > NOW - REAUTH_VALIDITY).label("session_fresh"),
            *_OF_ACCOUNT,
        )
        .join_from(Session, Account, Account.id == Session.account_id)
        .where(NOT_ENDED, Account.status == AccountStatus.ACTIVE)
    )


# A viewer without a session, for `omaposti schema explain --as`.
VIEWER_BY_EMAIL = select(
    null().label("session_id"),
    null().label("session_transport"),
    true().label("session_fresh"),
    *_OF_ACCOUNT,
).where(Account.email_key == bindparam("email_key", type_=Text()), Account.status == AccountStatus.ACTIVE)


_SECRET = bindparam("secret_hash", type_=LargeBinary())
_SECRETS = any_(bindparam("secret_hashes", type_=ARRAY(LargeBinary())))
_TOKEN_NOT_EXPIRED = func.coalesce(Session.access_expires_at, Session.expires_at) > NOW

# The read at the start of a request; the same statement reads all open connections at once.
VIEWER_BY_COOKIE = _viewers().where(Session.cookie_hash == _SECRET, NOT_IDLE)
VIEWER_BY_ACCESS_TOKEN = _viewers().where(Session.access_hash == _SECRET, _TOKEN_NOT_EXPIRED)
VIEWERS_BY_SECRETS = (
    _viewers()
    .add_columns(func.coalesce(Session.cookie_hash, Session.access_hash).label("secret_hash"))
    .where(
        ((Session.cookie_hash == _SECRETS) & NOT_IDLE) | ((Session.access_hash == _SECRETS) & _TOKEN_NOT_EXPIRED),
    )
)
# For tokens without a viewer: expired or replaced, while the session goes on.
SESSION_OF_PAST_TOKEN = (
    select(Session.id.label("session_id"))
    .join_from(Session, Account, Account.id == Session.account_id)
    .where(
        (Session.access_hash == _SECRET)
        | (
            Session.id
            == select(SupersededToken.session_id).where(SupersededToken.secret_hash == _SECRET).scalar_subquery()
        ),
        NOT_ENDED,
        Account.status == AccountStatus.ACTIVE,
    )
)
LIVE_SESSIONS = (
    select(Session.id.label("session_id"))
    .join_from(Session, Account, Account.id == Session.account_id)
    .where(Session.id == any_(IDS), NOT_ENDED, (Session.transport != Transport.COOKIE) | NOT_IDLE)
    .where(Account.status == AccountStatus.ACTIVE)
)
TOUCH_SESSION = (
    update(Session).where(Session.id == bindparam("session_id", type_=Uuid()), NEEDS_TOUCH).values(last_seen_at=NOW)
)

SESSIONS = select(
    Session.account_id,
    *labelled(
        "session",
        Session.id,
        Session.transport,
        Session.user_agent,
        Session.network,
        Session.created_at,
        Session.last_seen_at,
        Session.expires_at,
        Session.ended_at,
    ),
)
SESSIONS_BY_ID = nodes("Session", SESSIONS, Session.id)
LIVE_SESSIONS_OF_ACCOUNT = Listing(
    SESSIONS.where(NOT_ENDED, (Session.transport != Transport.COOKIE) | NOT_IDLE),
    Session.id,
    Session.account_id,
    descending=True,
)
