"""Report of one row, with exactly the facts that its outcome depends on."""

from typing import Any

from models.drop import Outcome
from models.membership import Role, ServiceRole
from usecases.drop.base.flags import Flag
from usecases.drop.decide.facts import Row

_ROLES = {Role.ADMINISTRATOR: "ADMIN", Role.MEMBER: "MEMBER"}
_UNREAD = {Outcome.REJECT_ROW, Outcome.NOOP_DUPLICATE}
# Outcomes without a proposed role: there is no organization yet, or no single person.
_WITHOUT_ROLE = {Outcome.ORG_UNRESOLVED, Outcome.SHARED_SPLIT, Outcome.SYSTEM_CREDENTIAL}


def row_report(row: Row) -> dict[str, Any]:
    """Return the row as a JSON object: file, row, key, outcome, and the known mailbox, organization and role.

    Facts without influence on the outcome are left out.
    """
    report: dict[str, Any] = {name: row[name] for name in ("file", "row", "key", "outcome")}
    if row["outcome"] not in _UNREAD:
        report |= _mailbox(row) | _account(row)
        if row["email_verified"] is None:
            report |= _organization(row) | _role(row)
    return report | {"flags": row["flags"]}


def _mailbox(row: Row) -> dict[str, Any]:
    """Return the address that a person would be written to; a machine and a declared shared code have none."""
    if row["outcome"] == Outcome.SYSTEM_CREDENTIAL or Flag.SHARED_DECLARED in row["flags"]:
        return {}
    if row["email_candidates"] is not None:
        return {"candidates": row["email_candidates"]}
    if row["email"] is not None or row["outcome"] == Outcome.NEEDS_EMAIL:
        return {"email": row["email"]}
    return {}


def _account(row: Row) -> dict[str, Any]:
    return {name: row[column] for name, column in (("account", "account_code"), ("joins", "joins")) if row[column]}


def _organization(row: Row) -> dict[str, Any]:
    return {"vat": row["vat_number"]} if row["vat_number"] else {"businessId": row["business_id"]}


def _role(row: Row) -> dict[str, Any]:
    """Return the proposed roles; a locked code proposes none, because it never becomes active by itself."""
    if row["locked"] or row["outcome"] in _WITHOUT_ROLE:
        return {}
    roles: dict[str, Any] = {}
    if row["organization_role"] is not None:
        roles["orgRole"] = _ROLES[row["organization_role"]]
    if row["service_role"] == ServiceRole.SERVICE_ADMINISTRATOR:
        roles["serviceRole"] = "admin"
    return roles
