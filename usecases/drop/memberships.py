"""Memberships and accesses that old codes stand for: dormant until she confirms, gone with the last such code."""

from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from models.drop import Outcome
from usecases.drop.batches import Connection
from usecases.drop.decision import Decision

# A person's codes in one organization together: the highest role among them counts.
_WANTED = """
SELECT a.id AS account_id, o.id AS organization_id, bool_or(r.organization_role = 'ADMINISTRATOR') AS administers
FROM drop_rows AS r
JOIN unnest($1::text[], $2::text[]) AS q (email_key, business_id)
    ON q.email_key = r.email_key AND q.business_id = r.business_id
JOIN legacy_codes AS c ON c.service_id = r.service_id AND c.code_key = r.code_key AND c.account_id IS NOT NULL
JOIN accounts AS a ON a.id = c.account_id
JOIN organizations AS o ON o.identifier_scheme = 'BUSINESS_ID' AND o.identifier = r.business_id
WHERE r."current" AND r.outcome IN ('CREATE_PENDING', 'LINK_EXISTING_PENDING')
GROUP BY a.id, o.id
"""
_MEMBERSHIPS = """
INSERT INTO memberships AS m (id, account_id, organization_id, role, status)
SELECT u.id, u.account_id, u.organization_id, CASE WHEN u.administers THEN 'ADMINISTRATOR' ELSE 'MEMBER' END, 'DORMANT'
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bool[]) AS u (id, account_id, organization_id, administers)
ON CONFLICT (account_id, organization_id) WHERE status <> 'ENDED' DO UPDATE
SET role = excluded.role, version = m.version + 1
WHERE m.status = 'DORMANT' AND m.role <> excluded.role
"""
# An active membership gets no access by import: its owner confirms the old code first.
_WANTED_ACCESSES = """
SELECT m.id AS membership_id, m.organization_id, c.service_id,
    bool_or(c.service_role = 'SERVICE_ADMINISTRATOR') AS administers
FROM unnest($1::uuid[], $2::uuid[]) AS q (account_id, organization_id)
JOIN memberships AS m ON m.account_id = q.account_id AND m.organization_id = q.organization_id AND m.status = 'DORMANT'
JOIN legacy_codes AS c ON c.account_id = m.account_id AND c.organization_id = m.organization_id
GROUP BY m.id, m.organization_id, c.service_id
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
# What the old code was limited to limits the access too.
_LIMITS = """
INSERT INTO service_access_customer_numbers (service_access_id, customer_number_id)
SELECT DISTINCT s.id, n.id
FROM unnest($1::text[], $2::text[]) AS q (email_key, business_id)
JOIN drop_rows AS r ON r.email_key = q.email_key AND r.business_id = q.business_id AND r."current"
    AND r.outcome IN ('CREATE_PENDING', 'LINK_EXISTING_PENDING')
JOIN legacy_codes AS c ON c.service_id = r.service_id AND c.code_key = r.code_key AND c.account_id IS NOT NULL
JOIN memberships AS m ON m.account_id = c.account_id AND m.organization_id = c.organization_id AND m.status = 'DORMANT'
JOIN service_accesses AS s ON s.membership_id = m.id AND s.service_id = c.service_id AND s.ended_at IS NULL
JOIN customer_numbers AS n ON n.organization_id = c.organization_id AND (
    (n.kind = 'CUSTOMER' AND n.number = r.customer_number) OR (n.kind = 'CONTRACT' AND n.number = r.contract_number)
)
ON CONFLICT DO NOTHING
"""
_UNSUPPORTED = """
WITH lost AS (
    UPDATE memberships AS m SET status = 'ENDED', ended_at = now(), version = m.version + 1
    WHERE m.account_id = ANY ($1::uuid[]) AND m.status = 'DORMANT' AND NOT EXISTS (
        SELECT 1 FROM legacy_codes AS c WHERE c.account_id = m.account_id AND c.organization_id = m.organization_id
    )
    RETURNING m.id
)
UPDATE service_accesses AS s SET ended_at = now() FROM lost WHERE s.membership_id = lost.id AND s.ended_at IS NULL
"""


_LINKING = {Outcome.CREATE_PENDING, Outcome.LINK_EXISTING_PENDING}


async def settle_memberships(connection: Connection, decisions: list[Decision]) -> None:
    """Give each linked person of a batch her dormant memberships and accesses."""
    places = sorted({(d.row["email_key"], d.row["business_id"]) for d in decisions if d.outcome in _LINKING})
    if not places:
        return
    wanted = await connection.fetch(_WANTED, *_columns(places))
    if not wanted:
        return
    members = [(row["account_id"], row["organization_id"]) for row in wanted]
    await connection.execute(
        _MEMBERSHIPS, [uuid7() for _ in wanted], *_columns(members), [row["administers"] for row in wanted]
    )
    accesses = await connection.fetch(_WANTED_ACCESSES, *_columns(members))
    if accesses:
        await connection.execute(_ACCESSES, *_columns((uuid7(), *access) for access in accesses))
        await connection.execute(_LIMITS, *_columns(places))


async def end_unsupported(connection: Connection, account_ids: list[UUID]) -> None:
    """End the dormant memberships of accounts for which no old code speaks any more."""
    await connection.execute(_UNSUPPORTED, account_ids)


def _columns(records: Any) -> list[list[Any]]:
    return [list(column) for column in zip(*records, strict=True)]
