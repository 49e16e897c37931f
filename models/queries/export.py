"""Everything that any table holds about a person, section by section, for the copy of their data.

A table that refers to accounts is either read here or stands in NOT_EXPORTED with the reason. A test compares both with
all tables, so that a new one cannot be forgotten.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import LargeBinary, Select, case, func, select

from models.account import Account, EmailConfirmation
from models.audit import AuditEntry
from models.db.base import Base
from models.device import Device
from models.drop import Drop, DropFile, DropRow
from models.legacy_code import LegacyCode, LegacyCodeKind
from models.mailed_secret import AccountClosure, Alarm, EmailChange, EmailProof, PasswordReset, SignUp
from models.membership import Membership, ServiceAccess, ServiceAccessCustomerNumber
from models.message import Message
from models.organization import CustomerNumber, Organization
from models.service import Service
from models.session import Session
from models.staff import StaffGrant
from models.task import Task

NOT_EXPORTED = {
    "refresh_tokens": "nothing but hashes of secrets; the session they belong to is exported",
    "superseded_tokens": "nothing but hashes of secrets; the session they belonged to is exported",
    "audit_links": "hashes over the entries, which are exported",
}


class Section(NamedTuple):
    """A statement and its tables; the first column of its rows is the `account_id` that they are about."""

    statement: Select[*tuple[Any, ...]]
    tables: frozenset[str]


def _own(table: type[Base], *secret: str) -> Section:
    """Return a section of a table that belongs to one person: every column but hashes, keys and other secrets."""
    columns = [c for c in table.__table__.columns if not isinstance(c.type, LargeBinary) and c.name not in secret]
    return Section(select(*columns), frozenset({table.__tablename__}))


_MEMBERSHIPS = select(
    Membership.id,
    Organization.name.label("organization"),
    Organization.identifier.label("organization_identifier"),
    Membership.role,
    Membership.status,
    Membership.created_at,
    Membership.ended_at,
    Membership.account_id,
).join_from(Membership, Organization, Organization.id == Membership.organization_id)
_ACCESSES = (
    select(
        ServiceAccess.id,
        Organization.name.label("organization"),
        Service.code.label("service"),
        CustomerNumber.number.label("customer_number"),
        ServiceAccess.role,
        ServiceAccess.created_at,
        ServiceAccess.ended_at,
        Membership.account_id,
    )
    .join_from(ServiceAccess, Membership, Membership.id == ServiceAccess.membership_id)
    .join(Organization, Organization.id == ServiceAccess.organization_id)
    .join(Service, Service.id == ServiceAccess.service_id)
    .outerjoin(ServiceAccessCustomerNumber, ServiceAccessCustomerNumber.service_access_id == ServiceAccess.id)
    .outerjoin(CustomerNumber, CustomerNumber.id == ServiceAccessCustomerNumber.customer_number_id)
)
_LEGACY_CODES = select(
    LegacyCode.id,
    Service.code.label("service"),
    LegacyCode.code,
    LegacyCode.kind,
    LegacyCode.status,
    LegacyCode.service_role,
    LegacyCode.locked_at,
    LegacyCode.vanished_at,
    LegacyCode.last_used_at,
    LegacyCode.created_at,
    LegacyCode.account_id,
).join_from(LegacyCode, Service, Service.id == LegacyCode.service_id)
# Rows of the person's own codes only: a row with their address may be about a code that others share.
_IMPORTED_ROWS = (
    select(
        DropFile.id,
        Drop.produced_at,
        Service.code.label("service"),
        DropRow.row,
        DropRow.outcome,
        DropRow.code,
        DropRow.email,
        DropRow.name,
        DropRow.given_name,
        DropRow.family_name,
        DropRow.phone,
        DropRow.language,
        DropRow.preferred_language,
        DropRow.business_id,
        DropRow.organization_name,
        DropRow.customer_number,
        DropRow.contract_number,
        DropRow.last_used_at,
        LegacyCode.account_id,
    )
    .join_from(DropRow, DropFile, DropFile.id == DropRow.file_id)
    .join(Drop, Drop.id == DropFile.drop_id)
    .join(LegacyCode, (LegacyCode.service_id == DropRow.service_id) & (LegacyCode.code_key == DropRow.code_key))
    .join(Service, Service.id == LegacyCode.service_id)
    .where(LegacyCode.kind == LegacyCodeKind.PERSON)
)
# Actions on the account by its owner; the origin of another person's request is personal to that person.
_BY_OWNER = func.coalesce(AuditEntry.actor_id, AuditEntry.subject_id) == AuditEntry.subject_id
_HISTORY = select(
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.action,
    AuditEntry.result,
    case((_BY_OWNER, AuditEntry.address)).label("address"),
    case((_BY_OWNER, AuditEntry.user_agent)).label("user_agent"),
    AuditEntry.changes,
    AuditEntry.subject_id.label("account_id"),
)
# Actions on others; the changes are personal to those others.
_ACTIONS = select(
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.action,
    AuditEntry.result,
    AuditEntry.address,
    AuditEntry.user_agent,
    AuditEntry.organization_id,
    AuditEntry.actor_id.label("account_id"),
).where(AuditEntry.actor_id.is_distinct_from(AuditEntry.subject_id))
_PROFILE = select(
    *(c for c in Account.__table__.columns if c.name not in {"id", "password_hash"}), Account.id.label("account_id")
)

SECTIONS: Mapping[str, Section] = MappingProxyType(
    {
        "profile": Section(_PROFILE, frozenset({"accounts"})),
        "email_confirmations": _own(EmailConfirmation),
        "email_changes": _own(EmailChange),
        "sign_ups": _own(SignUp, "password_hash"),
        "email_proofs": _own(EmailProof),
        "password_resets": _own(PasswordReset),
        "alarms": _own(Alarm),
        "closings": _own(AccountClosure),
        "tasks": _own(Task),
        "memberships": Section(_MEMBERSHIPS, frozenset({"memberships"})),
        "service_accesses": Section(_ACCESSES, frozenset({"service_accesses", "service_access_customer_numbers"})),
        "sessions": _own(Session),
        "devices": _own(Device),
        "legacy_codes": Section(_LEGACY_CODES, frozenset({"legacy_codes"})),
        "imported_rows": Section(_IMPORTED_ROWS, frozenset({"drop_rows"})),
        "messages": _own(Message, "secrets"),
        "staff_grants": _own(StaffGrant),
        "history": Section(_HISTORY, frozenset({"audit_entries"})),
        "actions": Section(_ACTIONS, frozenset({"audit_entries"})),
    }
)
