"""The append-only history of actions and refused attempts, chained by hash entry by entry."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.db.base import Base, Id, Moment, checked_text
from models.db.keyset import Listing, nodes
from models.db.query import labelled


class AuditResult(StrEnum):
    """Result of an attempt: the action was done, or refused."""

    DONE = "DONE"
    REFUSED = "REFUSED"


class AuditEntry(Base):
    """One action or refused attempt; ids are not foreign keys, because history outlives its subjects.

    The personal parts are the origin of the request and the changes. Each can be erased, together with the salt of its
    digest; nothing else ever changes. `changes` is null once erased.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject_id_id", "subject_id", "id"),
        Index("ix_audit_entries_actor_id_id", "actor_id", "id"),
        Index("ix_audit_entries_organization_id_id", "organization_id", "id"),
        CheckConstraint(
            "origin_salt IS NOT NULL OR (address IS NULL AND user_agent IS NULL)", name="origin_erased_whole"
        ),
        CheckConstraint("(changes_salt IS NULL) = (changes IS NULL)", name="changes_erased_whole"),
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
    origin_salt: Mapped[UUID | None] = mapped_column(server_default=func.gen_random_uuid())
    address: Mapped[str | None] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(Text)
    changes_salt: Mapped[UUID | None] = mapped_column(server_default=func.gen_random_uuid())
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, nullable=True)


class AuditLink(Base):
    """Place of an entry in its lane of the chain; the database writes it when the entry commits."""

    __tablename__ = "audit_links"

    lane: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(unique=True)
    origin_digest: Mapped[bytes] = mapped_column(LargeBinary)
    changes_digest: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


AUDIT_ENTRIES = select(
    *labelled(
        "audit_entry",
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.action,
        AuditEntry.result,
        AuditEntry.actor_id,
        AuditEntry.actor_name,
        AuditEntry.address,
        AuditEntry.user_agent,
    ),
    AuditEntry.subject_id.label("account_id"),
)
AUDIT_ENTRIES_BY_ID = nodes("AuditEntry", AUDIT_ENTRIES, AuditEntry.id)
AUDIT_ENTRIES_OF_ACCOUNT = Listing(AUDIT_ENTRIES, id=AuditEntry.id, owner=AuditEntry.subject_id, descending=True)
