"""Organizations: business customers with their identifiers, customer numbers and contract numbers."""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Select,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.account import Language
from models.db.base import Base, Id, Moment, Version, checked_text
from models.db.keyset import Listing, nodes
from models.db.query import labelled


class OrganizationStatus(StrEnum):
    """States of an organization.

    An `ACTIVE` one has an effective administrator, or is at risk because mail to all of them bounces.
    """

    AWAITING_ADMINISTRATOR = "AWAITING_ADMINISTRATOR"
    ACTIVE = "ACTIVE"
    ADMINISTRATOR_VACANT = "ADMINISTRATOR_VACANT"
    CLOSED = "CLOSED"


class RegisterStatus(StrEnum):
    """States of an organization in the business register."""

    REGISTERED = "REGISTERED"
    LIQUIDATION = "LIQUIDATION"
    BANKRUPT = "BANKRUPT"
    CEASED = "CEASED"


class IdentifierScheme(StrEnum):
    """Issuers of an identifier: the Finnish register, an EU tax authority, or ourselves."""

    BUSINESS_ID = "BUSINESS_ID"
    EU_VAT = "EU_VAT"
    INTERNAL = "INTERNAL"


class CustomerNumberKind(StrEnum):
    """Kinds of numbers: of the customer, or of one of its contracts."""

    CUSTOMER = "CUSTOMER"
    CONTRACT = "CONTRACT"


class Organization(Base):
    """A business customer, identified by its Business ID, or by another scheme if it has none."""

    __tablename__ = "organizations"
    __table_args__ = (
        UniqueConstraint("identifier_scheme", "identifier"),
        CheckConstraint(
            "identifier_scheme <> 'BUSINESS_ID' OR identifier ~ '^[0-9]{7}-[0-9]$'", name="business_id_canonical"
        ),
        CheckConstraint(
            "(administrators_at_risk_since IS NULL) = (administrators_at_risk_until IS NULL)", name="risk_dated"
        ),
        CheckConstraint("administrators_at_risk_since IS NULL OR status = 'ACTIVE'", name="risk_while_active"),
        Index("ix_organizations_name_sort_key_id", "name_sort_key", "id"),
        Index(
            "ix_organizations_administrators_at_risk_until",
            "administrators_at_risk_until",
            postgresql_where="administrators_at_risk_until IS NOT NULL",
        ),
    )

    id: Mapped[Id]
    status: Mapped[OrganizationStatus] = mapped_column(
        checked_text(OrganizationStatus), default=OrganizationStatus.AWAITING_ADMINISTRATOR
    )
    register_status: Mapped[RegisterStatus | None] = mapped_column(checked_text(RegisterStatus))
    identifier_scheme: Mapped[IdentifierScheme] = mapped_column(checked_text(IdentifierScheme))
    identifier: Mapped[str] = mapped_column(Text)
    business_id: Mapped[str | None] = mapped_column(
        Text, Computed("CASE WHEN identifier_scheme = 'BUSINESS_ID' THEN identifier END", persisted=True)
    )
    name: Mapped[str] = mapped_column(Text)
    name_sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    administrators_at_risk_since: Mapped[datetime | None]
    administrators_at_risk_until: Mapped[datetime | None]
    contact_email: Mapped[str | None] = mapped_column(Text)
    contact_phone: Mapped[str | None] = mapped_column(Text)
    language: Mapped[Language | None] = mapped_column(checked_text(Language))
    created_at: Mapped[Moment]
    version: Mapped[Version]


class CustomerNumber(Base):
    """A number under which we invoice or ship for an organization; text, because leading zeros matter."""

    __tablename__ = "customer_numbers"
    __table_args__ = (UniqueConstraint("organization_id", "kind", "number"),)

    id: Mapped[Id]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    kind: Mapped[CustomerNumberKind] = mapped_column(checked_text(CustomerNumberKind))
    number: Mapped[str] = mapped_column(Text)


COLUMNS = labelled(
    "organization",
    Organization.id,
    Organization.status,
    Organization.register_status,
    Organization.identifier_scheme,
    Organization.identifier,
    Organization.business_id,
    Organization.name,
    Organization.administrators_at_risk_since,
    Organization.administrators_at_risk_until,
    Organization.contact_email,
    Organization.contact_phone,
    Organization.language,
    Organization.created_at,
    Organization.version,
)

ORGANIZATIONS_BY_ID = nodes("Organization", select(*COLUMNS), Organization.id)
ORGANIZATION_BY_ID = select(*COLUMNS).where(Organization.id == bindparam("id", type_=Uuid()))
ORGANIZATION_BY_BUSINESS_ID = select(*COLUMNS).where(
    Organization.identifier_scheme == IdentifierScheme.BUSINESS_ID,
    Organization.identifier == bindparam("business_id", type_=Text()),
)

CUSTOMER_NUMBER_COLUMNS = [
    *labelled("customer_number", CustomerNumber.id, CustomerNumber.kind, CustomerNumber.number),
    CustomerNumber.organization_id,
]
CUSTOMER_NUMBERS_BY_ID = nodes("CustomerNumber", select(*CUSTOMER_NUMBER_COLUMNS), CustomerNumber.id)
CUSTOMER_NUMBERS_OF_ORGANIZATION = Listing(
    select(*CUSTOMER_NUMBER_COLUMNS), id=CustomerNumber.id, owner=CustomerNumber.organization_id
)


class OrganizationSelection(NamedTuple):
    """Filter and order of organizations; parameters: `pattern` and `identifier`, `status`, `register_status`."""

    searched: bool = False
    by_status: bool = False
    by_register_status: bool = False
    by_name: bool = True
    descending: bool = False


@lru_cache(maxsize=64)
def organizations(selection: OrganizationSelection) -> Select[Any]:
    statement = select(*COLUMNS)
    if selection.searched:
        named = Organization.name_sort_key.like(bindparam("pattern", type_=Text()))
        statement = statement.where(named | (Organization.identifier == bindparam("identifier", type_=Text())))
    if selection.by_status:
        statement = statement.where(Organization.status == bindparam("status", type_=Text()))
    if selection.by_register_status:
        statement = statement.where(Organization.register_status == bindparam("register_status", type_=Text()))
    return statement


@lru_cache(maxsize=64)
def all_organizations(selection: OrganizationSelection) -> Listing:
    """Return the list of all organizations, for staff."""
    name = Organization.name_sort_key if selection.by_name else None
    return Listing(organizations(selection), id=Organization.id, name=name, descending=selection.descending)
