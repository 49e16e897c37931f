"""Old service-specific codes, until the renewal has retired them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from models import service
from models.db.base import Base, Id, Moment, checked_text
from models.db.keyset import Listing, nodes
from models.db.query import labelled
from models.membership import ServiceRole
from models.service import Service


class LegacyCodeKind(StrEnum):
    """Users of an old code: one person, several who share it, or a machine."""

    PERSON = "PERSON"
    SHARED = "SHARED"
    SYSTEM = "SYSTEM"


class LegacyCodeStatus(StrEnum):
    """Progress of an old code on its way to a personal account.

    An import sets the first six. The others are set by a person or an administrator and survive every later import.
    The database refuses every move that migration 0015 does not name.
    """

    LINK_PENDING = "LINK_PENDING"
    NEEDS_EMAIL = "NEEDS_EMAIL"
    IN_REVIEW = "IN_REVIEW"
    ORGANIZATION_UNRESOLVED = "ORGANIZATION_UNRESOLVED"
    SPLIT_PENDING = "SPLIT_PENDING"
    SYSTEM = "SYSTEM"
    LINKED = "LINKED"
    UNLINKED = "UNLINKED"
    SPLIT = "SPLIT"
    RETIRED = "RETIRED"


class LegacyCode(Base):
    """An old code of a service, stored verbatim; `code_key` is the form in which that service compares codes."""

    __tablename__ = "legacy_codes"
    __table_args__ = (
        UniqueConstraint("service_id", "code_key"),
        Index("ix_legacy_codes_organization_id_id", "organization_id", "id"),
        Index("ix_legacy_codes_account_id_id", "account_id", "id"),
    )

    id: Mapped[Id]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id"))
    code: Mapped[str] = mapped_column(Text)
    code_key: Mapped[str] = mapped_column(Text)
    kind: Mapped[LegacyCodeKind] = mapped_column(checked_text(LegacyCodeKind))
    status: Mapped[LegacyCodeStatus] = mapped_column(checked_text(LegacyCodeStatus))
    service_role: Mapped[ServiceRole | None] = mapped_column(checked_text(ServiceRole))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    proof_scheme: Mapped[str | None] = mapped_column(Text)
    proof_settings: Mapped[str | None] = mapped_column(Text)
    proof_hash: Mapped[str | None] = mapped_column(Text)
    locked_at: Mapped[datetime | None]
    vanished_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    created_at: Mapped[Moment]


LEGACY_CODES = select(
    *labelled(
        "legacy_code",
        LegacyCode.id,
        LegacyCode.code,
        LegacyCode.kind,
        LegacyCode.status,
        LegacyCode.service_role,
        LegacyCode.locked_at,
        LegacyCode.last_used_at,
    ),
    LegacyCode.account_id,
    LegacyCode.organization_id,
    *service.COLUMNS,
).outerjoin_from(LegacyCode, Service, Service.id == LegacyCode.service_id)
LEGACY_CODES_BY_ID = nodes("LegacyCode", LEGACY_CODES, LegacyCode.id)
LEGACY_CODES_OF_ACCOUNT = Listing(LEGACY_CODES, id=LegacyCode.id, owner=LegacyCode.account_id)
LEGACY_CODES_OF_ORGANIZATION = Listing(LEGACY_CODES, id=LegacyCode.id, owner=LegacyCode.organization_id)
