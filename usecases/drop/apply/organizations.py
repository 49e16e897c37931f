"""Organizations of imported rows: named from the register, awaiting an administrator."""

from typing import Any
from uuid import UUID

from uuid_utils import uuid7

from models.organization import CustomerNumberKind, IdentifierScheme, OrganizationStatus
from models.values.sort_key import finnish_sort_key
from usecases.audit.action import Action
from usecases.drop.base.audit import ImportAuditRecord
from usecases.drop.base.columns import columns
from usecases.drop.base.transactions import Connection
from usecases.drop.decide.outcome import Decision

_MISSING = """
SELECT c.business_id, c.names[1] AS name, c.status FROM register_companies AS c
WHERE c.business_id = ANY ($1::text[]) AND NOT EXISTS (
    SELECT 1 FROM organizations AS o WHERE o.identifier_scheme = 'BUSINESS_ID' AND o.identifier = c.business_id
)
"""
_CREATE = f"""
INSERT INTO organizations (id, status, register_status, identifier_scheme, identifier, name, name_sort_key)
SELECT u.id, '{OrganizationStatus.AWAITING_ADMINISTRATOR}', u.status, '{IdentifierScheme.BUSINESS_ID}', u.business_id,
    u.name, u.sort_key
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS u (id, business_id, status, name, sort_key)
ON CONFLICT (identifier_scheme, identifier) DO NOTHING
RETURNING id
"""  # noqa: S608 - only our own enumerations are put in
_BY_BUSINESS_ID = """
SELECT identifier, id FROM organizations
WHERE identifier_scheme = 'BUSINESS_ID' AND identifier = ANY ($1::text[])
"""
_NUMBERS = """
INSERT INTO customer_numbers (id, organization_id, kind, number)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
ON CONFLICT (organization_id, kind, number) DO NOTHING
"""
_KINDS = ((CustomerNumberKind.CUSTOMER, "customer_number"), (CustomerNumberKind.CONTRACT, "contract_number"))


async def ensure_organizations(
    connection: Connection, decisions: list[Decision]
) -> tuple[dict[str, UUID], list[ImportAuditRecord]]:
    """Create missing organizations; return the id of each by Business ID, and the audit records."""
    actions: list[ImportAuditRecord] = []
    ids = sorted({decision.row["business_id"] for decision in decisions if decision.row["register_status"]})
    missing = await connection.fetch(_MISSING, ids)
    if missing:
        created = await connection.fetch(
            _CREATE,
            [uuid7() for _ in missing],
            [company["business_id"] for company in missing],
            [company["status"] for company in missing],
            [company["name"] for company in missing],
            [finnish_sort_key(company["name"]) for company in missing],
        )
        actions = [
            ImportAuditRecord(Action.ORGANIZATION_IMPORT, organization["id"], organization["id"])
            for organization in created
        ]
    return {row["identifier"]: row["id"] for row in await connection.fetch(_BY_BUSINESS_ID, ids)}, actions


async def ensure_customer_numbers(
    connection: Connection, decisions: list[Decision], organizations: dict[str, UUID]
) -> None:
    """Store the customer and contract numbers by which the services know the organizations."""
    numbers: set[tuple[Any, ...]] = {
        (organizations[decision.row["business_id"]], kind.value, decision.row[column])
        for decision in decisions
        for kind, column in _KINDS
        if decision.row[column] and decision.row["business_id"] in organizations
    }
    if numbers:
        await connection.execute(_NUMBERS, [uuid7() for _ in numbers], *columns(sorted(numbers)))
