"""A browser or app that an account has signed in from before; it has a throttle of its own, so nobody locks it out."""

from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Moment


class Device(Base):
    """A device known to an account by a secret of its own."""

    __tablename__ = "devices"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
