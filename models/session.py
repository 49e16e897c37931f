"""One device signed in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Moment, checked_text


class Transport(StrEnum):
    """How a device proves itself: a cookie for browsers on our sites, an access token for everything else."""

    COOKIE = "COOKIE"
    TOKEN = "TOKEN"


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
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
