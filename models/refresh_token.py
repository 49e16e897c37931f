"""Refresh tokens: the chain of a device with transport TOKEN; each is used once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.db.base import Base, Moment


class RefreshToken(Base):
    """One link of a session's chain of refresh tokens; a replaced one is kept, so that its reuse is noticed."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index("uq_refresh_tokens_live", "session_id", unique=True, postgresql_where="replaced_at IS NULL"),
    )

    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    issued_at: Mapped[Moment]
    replaced_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
