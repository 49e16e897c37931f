"""Idempotency keys: calls of creating mutations that have been done, so that a repeated call is not done twice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.db.base import Base, Moment


class IdempotencyKey(Base):
    """One call that was done: its caller, its mutation and its result.

    Neither the key nor the input is stored. `fingerprint` is an HMAC of the input under the key. Without the key nobody
    can check a guess at a password in the input.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_expires_at", "expires_at"),)

    caller_id: Mapped[UUID] = mapped_column(primary_key=True)  # an account, or zero for a caller who is not signed in
    action: Mapped[str] = mapped_column(Text, primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    result: Mapped[Any] = mapped_column(JSONB, nullable=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[datetime]
