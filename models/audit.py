"""The append-only history of deeds and refused attempts."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Moment, checked_text


class AuditResult(StrEnum):
    """Whether the deed was done or refused."""

    DONE = "DONE"
    REFUSED = "REFUSED"


class AuditEntry(Base):
    """One deed or refused attempt; ids are not foreign keys, because history outlives what it speaks of."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject_id_id", "subject_id", "id"),
        Index("ix_audit_entries_organization_id_id", "organization_id", "id"),
    )

    id: Mapped[Id]
    at: Mapped[Moment]
    action: Mapped[str] = mapped_column(Text)
    result: Mapped[AuditResult] = mapped_column(checked_text(AuditResult), default=AuditResult.DONE)
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str | None] = mapped_column(Text)
    subject_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    request_id: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
