"""Roles of the company's own staff, granted to their accounts."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, any_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.db.base import Base, Id, Moment, checked_text
from models.db.keyset import IDS


class StaffRole(StrEnum):
    """Roles of staff."""

    SUPPORT = "SUPPORT"
    RENEWAL_OPERATOR = "RENEWAL_OPERATOR"
    AUDITOR = "AUDITOR"


class StaffGrant(Base):
    """A staff role of an account, with its granter and its end."""

    __tablename__ = "staff_grants"
    __table_args__ = (
        Index("uq_staff_grants_live", "account_id", "role", unique=True, postgresql_where="revoked_at IS NULL"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[StaffRole] = mapped_column(checked_text(StaffRole))
    granted_by: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None]


STAFF_ROLES_OF_ACCOUNTS = (
    select(StaffGrant.account_id, StaffGrant.role)
    .where(StaffGrant.account_id == any_(IDS), StaffGrant.revoked_at.is_(None))
    .order_by(StaffGrant.role)
)
