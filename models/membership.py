"""Memberships: a person in an organization, and the services that they may use for it."""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, any_, select
from sqlalchemy.orm import Mapped, mapped_column

from models import organization, service
from models.account import CONFIRMATION, Account, AccountStatus, EmailConfirmation
from models.db.base import Base, Id, Moment, Version, checked_text
from models.db.keyset import IDS, Listing, nodes
from models.db.query import labelled
from models.organization import CUSTOMER_NUMBER_COLUMNS, CustomerNumber, Organization, OrganizationSelection
from models.service import Service


class Role(StrEnum):
    """Roles of a member in the organization itself."""

    ADMINISTRATOR = "ADMINISTRATOR"
    USER_MANAGER = "USER_MANAGER"
    MEMBER = "MEMBER"


class MembershipStatus(StrEnum):
    """States of a membership; a `DORMANT` one has no effect until the account's owner confirms it."""

    DORMANT = "DORMANT"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"


class ServiceRole(StrEnum):
    """Roles of a member inside a service."""

    USER = "USER"
    SERVICE_ADMINISTRATOR = "SERVICE_ADMINISTRATOR"


class Membership(Base):
    """A person in an organization; at most one live membership for each pair."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_live", "account_id", "organization_id", unique=True, postgresql_where="status <> 'ENDED'"
        ),
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


PERSON_COLUMNS = labelled("person", Account.display_name, Account.email, Account.phone)
COLUMNS = [
    *labelled(
        "membership", Membership.id, Membership.role, Membership.status, Membership.created_at, Membership.version
    ),
    Membership.account_id,
    Membership.organization_id,
    *[column for column in organization.COLUMNS if column.key != "organization_id"],
    *PERSON_COLUMNS,
]

MEMBERSHIPS = (
    select(*COLUMNS)
    .outerjoin_from(Membership, Organization, Organization.id == Membership.organization_id)
    .outerjoin(Account, Account.id == Membership.account_id)
)
MEMBERSHIPS_BY_ID = nodes("Membership", MEMBERSHIPS.where(Membership.status != MembershipStatus.ENDED), Membership.id)
MEMBERSHIPS_OF_ACCOUNT = Listing(
    MEMBERSHIPS.where(Membership.status != MembershipStatus.ENDED), id=Membership.id, owner=Membership.account_id
)
MEMBERSHIPS_OF_ORGANIZATION = Listing(
    MEMBERSHIPS.where(Membership.status != MembershipStatus.ENDED), id=Membership.id, owner=Membership.organization_id
)

# Effective ones only: members who need an administrator need one who can act.
ADMINISTRATORS_OF_ORGANIZATION = Listing(
    select(*PERSON_COLUMNS, Membership.account_id, Membership.organization_id)
    .join_from(Membership, Account, Account.id == Membership.account_id)
    .join(EmailConfirmation, CONFIRMATION)
    .where(
        Membership.role == Role.ADMINISTRATOR,
        Membership.status == MembershipStatus.ACTIVE,
        Account.status == AccountStatus.ACTIVE,
        Account.email_undeliverable_at.is_(None),
    ),
    id=Membership.id,
    owner=Membership.organization_id,
)


@lru_cache(maxsize=64)
def organizations_of_account(selection: OrganizationSelection) -> Listing:
    """Return the list of the organizations of which a person is an active member."""
    statement = organization.organizations(selection).join(Membership, Membership.organization_id == Organization.id)
    return Listing(
        statement.where(Membership.status == MembershipStatus.ACTIVE),
        id=Organization.id,
        name=Organization.name_sort_key if selection.by_name else None,
        descending=selection.descending,
        owner=Membership.account_id,
    )


SERVICE_ACCESSES = (
    select(
        *labelled("service_access", ServiceAccess.id, ServiceAccess.role, ServiceAccess.created_at),
        ServiceAccess.membership_id,
        ServiceAccess.organization_id,
        Membership.account_id,
        *service.COLUMNS,
    )
    .join_from(ServiceAccess, Membership, Membership.id == ServiceAccess.membership_id)
    .join(Service, Service.id == ServiceAccess.service_id)
    .where(ServiceAccess.ended_at.is_(None), Membership.status != MembershipStatus.ENDED)
)
SERVICE_ACCESSES_BY_ID = nodes("ServiceAccess", SERVICE_ACCESSES, ServiceAccess.id)
SERVICE_ACCESSES_OF_MEMBERSHIPS = SERVICE_ACCESSES.where(ServiceAccess.membership_id == any_(IDS)).order_by(
    Service.code
)
CUSTOMER_NUMBERS_OF_SERVICE_ACCESSES = (
    select(*CUSTOMER_NUMBER_COLUMNS, ServiceAccessCustomerNumber.service_access_id)
    .join_from(
        ServiceAccessCustomerNumber, CustomerNumber, CustomerNumber.id == ServiceAccessCustomerNumber.customer_number_id
    )
    .where(ServiceAccessCustomerNumber.service_access_id == any_(IDS))
    .order_by(CustomerNumber.number, CustomerNumber.id)
)
SERVICES_OF_ORGANIZATIONS = (
    select(*service.COLUMNS, ServiceAccess.organization_id)
    .distinct()
    .join_from(ServiceAccess, Service, Service.id == ServiceAccess.service_id)
    .join(Membership, Membership.id == ServiceAccess.membership_id)
    .where(
        ServiceAccess.organization_id == any_(IDS),
        ServiceAccess.ended_at.is_(None),
        Membership.status != MembershipStatus.ENDED,
    )
    .order_by(Service.code)
)
