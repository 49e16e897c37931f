"""A person in an organization, and the services she may use for it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Moment, Version, checked_text


class Role(StrEnum):
    """What a member may do with the organization itself."""

    ADMINISTRATOR = "ADMINISTRATOR"
    USER_MANAGER = "USER_MANAGER"
    MEMBER = "MEMBER"


class MembershipStatus(StrEnum):
    """`DORMANT` sleeps until the account's owner confirms it."""

    DORMANT = "DORMANT"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"


class ServiceRole(StrEnum):
    """What a member may do inside a service."""

    USER = "USER"
    SERVICE_ADMINISTRATOR = "SERVICE_ADMINISTRATOR"


class Membership(Base):
    """A person in an organization; at most one live membership for each pair."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index("uq_memberships_live", "account_id", "organization_id", unique=True, postgresql_where="status <> 'ENDED'"),
        Index("ix_memberships_organization_id_id", "organization_id", "id"),
        Index("ix_memberships_account_id_id", "account_id", "id"),
        CheckConstraint("(ended_at IS NOT NULL) = (status = 'ENDED')", name="ended_at_dates_the_end"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    role: Mapped[Role] = mapped_column(checked_text(Role))
    status: Mapped[MembershipStatus] = mapped_column(checked_text(MembershipStatus))
    created_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]
    version: Mapped[Version]


class ServiceAccess(Base):
    """The right to use one service for an organization; without customer numbers of its own it covers them all."""

    __tablename__ = "service_accesses"
    __table_args__ = (
        Index(
            "uq_service_accesses_live", "membership_id", "service_id", unique=True, postgresql_where="ended_at IS NULL"
        ),
        Index("ix_service_accesses_membership_id_id", "membership_id", "id"),
    )

    id: Mapped[Id]
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id"))
    role: Mapped[ServiceRole] = mapped_column(checked_text(ServiceRole))
    created_at: Mapped[Moment]
    ended_at: Mapped[datetime | None]


class ServiceAccessCustomerNumber(Base):
    """Limits an access to one of the organization's customer numbers."""

    __tablename__ = "service_access_customer_numbers"

    service_access_id: Mapped[UUID] = mapped_column(ForeignKey("service_accesses.id"), primary_key=True)
    customer_number_id: Mapped[UUID] = mapped_column(ForeignKey("customer_numbers.id"), primary_key=True)
