"""Memberships and accesses from old codes: dormant until the person confirms them, ended with their last code."""

from uuid import UUID

from uuid_utils import uuid7

from models.drop import Outcome
from usecases.drop.base.columns import columns
from usecases.drop.base.transactions import Connection
from usecases.drop.decide.outcome import Decision

# All codes of a person in one organization together; the highest role counts.
_ROLES = """
SELECT q.account_id, q.organization_id, r.administers
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS q (account_id, organization_id, email_key, business_id)
CROSS JOIN LATERAL (
    SELECT bool_or(d.organization_role = 'ADMINISTRATOR') AS administers FROM drop_rows AS d
    WHERE d."current" AND d.email_key = q.email_key AND d.business_id = q.business_id
        AND d.outcome IN ('CREATE_PENDING', 'LINK_EXISTING_PENDING')
) AS r
"""
_MEMBERSHIPS = """
INSERT INTO memberships AS m (id, account_id, organization_id, role, status)
SELECT u.id, u.account_id, u.organization_id, CASE WHEN u.administers THEN 'ADMINISTRATOR' ELSE 'MEMBER' END, 'DORMANT'
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bool[]) AS u (id, account_id, organization_id, administers)
ON CONFLICT (account_id, organization_id) WHERE status <> 'ENDED' DO UPDATE
SET role = excluded.role, version = m.version + 1
WHERE m.status = 'DORMANT' AND m.role <> excluded.role
"""
# An active membership gets no access by import, because its owner confirms the old code first. A person has few codes,
# an organization many. The laterals make sure that the planner searches by person.
_WANTED_ACCESSES = """
SELECT m.id AS membership_id, m.organization_id, c.service_id, c.administers
FROM unnest($1::uuid[], $2::uuid[]) AS q (account_id, organization_id)
CROSS JOIN LATERAL (
    SELECT id, organization_id FROM memberships
    WHERE account_id = q.account_id AND organization_id = q.organization_id AND status = 'DORMANT' OFFSET 0
) AS m
CROSS JOIN LATERAL (
    SELECT service_id, bool_or(service_role = 'SERVICE_ADMINISTRATOR') AS administers
    FROM (
        SELECT organization_id, service_id, service_role FROM legacy_codes WHERE account_id = q.account_id OFFSET 0
    ) AS own
    WHERE organization_id = q.organization_id GROUP BY service_id
) AS c
"""
_ACCESSES = """
INSERT INTO service_accesses AS s (id, membership_id, organization_id, service_id, role)
SELECT u.id, u.membership_id, u.organization_id, u.service_id,
    CASE WHEN u.administers THEN 'SERVICE_ADMINISTRATOR' ELSE 'USER' END
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bool[])
    AS u (id, membership_id, organization_id, service_id, administers)
ON CONFLICT (membership_id, service_id) WHERE ended_at IS NULL DO UPDATE SET role = excluded.role
WHERE s.role <> excluded.role
"""
# A limit of the old code to customer numbers limits the access too.
_LIMITS = """
INSERT INTO service_access_customer_numbers (service_access_id, customer_number_id)
SELECT DISTINCT s.id, n.id
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS q (account_id, organization_id, email_key, business_id)
CROSS JOIN LATERAL (
    SELECT id FROM memberships
    WHERE account_id = q.account_id AND organization_id = q.organization_id AND status = 'DORMANT' OFFSET 0
) AS m
CROSS JOIN LATERAL (
    SELECT service_id, customer_number, contract_number FROM drop_rows
    WHERE "current" AND email_key = q.email_key AND business_id = q.business_id
        AND outcome IN ('CREATE_PENDING', 'LINK_EXISTING_PENDING') OFFSET 0
) AS r
CROSS JOIN LATERAL (
    SELECT id FROM service_accesses
    WHERE membership_id = m.id AND service_id = r.service_id AND ended_at IS NULL OFFSET 0
) AS s
CROSS JOIN LATERAL (
    VALUES (s.id, 'CUSTOMER', r.customer_number), (s.id, 'CONTRACT', r.contract_number) OFFSET 0
) AS k (access_id, kind, number)
CROSS JOIN LATERAL (
    SELECT id FROM customer_numbers
    WHERE organization_id = q.organization_id AND kind = k.kind AND number = k.number OFFSET 0
) AS n
ON CONFLICT DO NOTHING
"""
_UNSUPPORTED = """
WITH lost AS (
    UPDATE memberships AS m SET status = 'ENDED', ended_at = now(), version = m.version + 1
    WHERE m.account_id = ANY ($1::uuid[]) AND m.status = 'DORMANT' AND NOT EXISTS (
        SELECT 1 FROM (SELECT organization_id FROM legacy_codes WHERE account_id = m.account_id OFFSET 0) AS own
        WHERE own.organization_id = m.organization_id
    )
    RETURNING m.id
)
UPDATE service_accesses AS s SET ended_at = now() FROM lost WHERE s.membership_id = lost.id AND s.ended_at IS NULL
"""


_LINKING = {Outcome.CREATE_PENDING, Outcome.LINK_EXISTING_PENDING}


async def apply_memberships(
    connection: Connection, decisions: list[Decision], organizations: dict[str, UUID], accounts: dict[str, UUID]
) -> None:
    """Give each linked person of a batch their dormant memberships and accesses; ids by Business ID and e-mail key."""
    linked = {(d.row["email_key"], d.row["business_id"]) for d in decisions if d.outcome in _LINKING}
    if not linked:
        return
    places = [
        (accounts[email_key], organizations[business_id], email_key, business_id)
        for email_key, business_id in sorted(linked)
    ]
    roles = await connection.fetch(_ROLES, *columns(places))
    await connection.execute(_MEMBERSHIPS, [uuid7() for _ in roles], *columns(roles))
    accesses = await connection.fetch(_WANTED_ACCESSES, *columns(places)[:2])
    if accesses:
        await connection.execute(_ACCESSES, *columns((uuid7(), *access) for access in accesses))
        await connection.execute(_LIMITS, *columns(places))


async def end_unsupported(connection: Connection, account_ids: list[UUID]) -> None:
    """End the dormant memberships of accounts that no old code supports any more."""
    await connection.execute(_UNSUPPORTED, account_ids)
