"""Drops: the files that services handed over, row by row, with the outcome of each row."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.account import Language
from models.db.base import Base, Id, Moment, checked_text
from models.legacy_code import LegacyCodeKind
from models.membership import Role, ServiceRole
from models.organization import RegisterStatus


class Outcome(StrEnum):
    """Outcomes of a row of a drop; each row has exactly one."""

    CREATE_PENDING = "CREATE_PENDING"
    LINK_EXISTING_PENDING = "LINK_EXISTING_PENDING"
    NEEDS_EMAIL = "NEEDS_EMAIL"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    SHARED_SPLIT = "SHARED_SPLIT"
    ORG_UNRESOLVED = "ORG_UNRESOLVED"
    SYSTEM_CREDENTIAL = "SYSTEM_CREDENTIAL"
    IMPORT_CONSUMER = "IMPORT_CONSUMER"
    IMPORT_CONSUMER_UNVERIFIED = "IMPORT_CONSUMER_UNVERIFIED"
    NOOP_DUPLICATE = "NOOP_DUPLICATE"
    REJECT_ROW = "REJECT_ROW"


class Drop(Base):
    """One hand-over; the digest of its manifest identifies a repeated one."""

    __tablename__ = "drops"

    id: Mapped[Id]
    manifest_sha256: Mapped[str] = mapped_column(Text, unique=True)
    produced_at: Mapped[datetime]
    begun_at: Mapped[Moment]
    completed_at: Mapped[datetime | None]


class DropFile(Base):
    """One file of a drop.

    The times tell which steps are done; `staged_rows` is where an interrupted staging continues.
    """

    __tablename__ = "drop_files"
    __table_args__ = (
        Index("uq_drop_files_drop_id_position", "drop_id", "position", unique=True),
        Index("ix_drop_files_service_id_sequence", "service_id", "sequence"),
        CheckConstraint("(fault IS NULL) = (fault_code IS NULL)", name="fault_has_code_and_text"),
    )

    id: Mapped[Id]
    drop_id: Mapped[UUID] = mapped_column(ForeignKey("drops.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("services.id"))
    sequence: Mapped[int]
    format: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    rows: Mapped[int]
    staged_rows: Mapped[int] = mapped_column(default=0, server_default="0")
    staged_at: Mapped[datetime | None]
    current_rows: Mapped[int] = mapped_column(default=0, server_default="0")
    current_at: Mapped[datetime | None]
    repeats_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("drop_files.id"))
    fault_code: Mapped[str | None] = mapped_column(Text)
    fault: Mapped[str | None] = mapped_column(Text)


class DropRow(Base):
    """One row in canonical values; `current` marks the row that counts among all rows of an old code.

    A legacy hash is never stored here: it goes from the file through argon2id to the old code.
    """

    __tablename__ = "drop_rows"
    __table_args__ = (
        Index("ix_drop_rows_proof_pending", "file_id", "row", postgresql_where="proof_pending"),
        Index("ix_drop_rows_code", "service_id", "code_key", postgresql_where='"current"'),
        Index("ix_drop_rows_email", "email_key", "business_id", postgresql_where='"current" AND email_key IS NOT NULL'),
        Index("ix_drop_rows_email_skeleton", "email_skeleton", postgresql_where="email_skeleton IS NOT NULL"),
        Index("ix_drop_rows_business_id", "business_id", "name_initials", postgresql_where='"current"'),
        # A row is written twice, when staged and when decided. The free space lets the second write skip the indexes.
        {"postgresql_with": {"fillfactor": 45}},
    )

    file_id: Mapped[UUID] = mapped_column(ForeignKey("drop_files.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("services.id"))
    outcome: Mapped[Outcome | None] = mapped_column(checked_text(Outcome))
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    own_flags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    current: Mapped[bool]
    vanished_at: Mapped[datetime | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    code: Mapped[str | None] = mapped_column(Text)
    code_key: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[LegacyCodeKind | None] = mapped_column(checked_text(LegacyCodeKind))
    linkable: Mapped[bool] = mapped_column(server_default=text("false"))
    locked: Mapped[bool] = mapped_column(server_default=text("false"))
    email: Mapped[str | None] = mapped_column(Text)
    email_key: Mapped[str | None] = mapped_column(Text)
    email_verified: Mapped[bool | None]
    email_skeleton: Mapped[str | None] = mapped_column(Text)
    email_candidates: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    name: Mapped[str | None] = mapped_column(Text)
    name_initials: Mapped[str | None] = mapped_column(Text)
    given_name: Mapped[str | None] = mapped_column(Text)
    family_name: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    language: Mapped[Language | None] = mapped_column(checked_text(Language))
    preferred_language: Mapped[str | None] = mapped_column(Text)
    business_id: Mapped[str | None] = mapped_column(Text)
    vat_number: Mapped[str | None] = mapped_column(Text)
    organization_name: Mapped[str | None] = mapped_column(Text)
    organization_role: Mapped[Role | None] = mapped_column(checked_text(Role))
    service_role: Mapped[ServiceRole | None] = mapped_column(checked_text(ServiceRole))
    customer_number: Mapped[str | None] = mapped_column(Text)
    contract_number: Mapped[str | None] = mapped_column(Text)
    last_used_at: Mapped[datetime | None]
    proof_pending: Mapped[bool] = mapped_column(server_default=text("false"))
    account_code: Mapped[str | None] = mapped_column(Text)
    joins: Mapped[str | None] = mapped_column(Text)


class UndecidedRow(Base):
    """A row whose outcome is to be decided, for the first time or again."""

    __tablename__ = "undecided_rows"

    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class RegisterCompany(Base):
    """A company as in the latest business register; organizations take their names from here."""

    __tablename__ = "register_companies"

    business_id: Mapped[str] = mapped_column(Text, primary_key=True)
    names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    status: Mapped[RegisterStatus] = mapped_column(checked_text(RegisterStatus))
    ceased_on: Mapped[date | None]
    sequence: Mapped[int]
