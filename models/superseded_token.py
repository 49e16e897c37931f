"""Access tokens that a newer one has replaced, kept so that their holder is told to refresh and not to sign in."""

from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.db.base import Base, Moment


class SupersededToken(Base):
    """One former access token of a session; a sleeping tab or a request under way may still send it."""

    __tablename__ = "superseded_tokens"

    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), index=True)
    superseded_at: Mapped[Moment]
