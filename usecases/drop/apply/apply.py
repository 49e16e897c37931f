"""Application of a batch of decided rows in whole-batch statements, with the outcome of each row.

Accounts and organizations are written first, then the old codes and the memberships. The first part may commit alone,
because an organization or account without references has no effect. A row stays undecided until the second part.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from uuid_utils import uuid7

from models.drop import Outcome
from models.legacy_code import LegacyCodeStatus
from usecases.audit.action import Action
from usecases.drop.apply.accounts import ensure_accounts
from usecases.drop.apply.memberships import apply_memberships, end_unsupported
from usecases.drop.apply.organizations import ensure_customer_numbers, ensure_organizations
from usecases.drop.base.audit import ImportAuditRecord
from usecases.drop.base.columns import columns
from usecases.drop.base.transactions import Connection
from usecases.drop.decide.outcome import Decision

CODE_STATUSES = {
    Outcome.CREATE_PENDING: LegacyCodeStatus.LINK_PENDING,
    Outcome.LINK_EXISTING_PENDING: LegacyCodeStatus.LINK_PENDING,
    Outcome.IMPORT_CONSUMER: LegacyCodeStatus.LINK_PENDING,
    Outcome.IMPORT_CONSUMER_UNVERIFIED: LegacyCodeStatus.LINK_PENDING,
    Outcome.NEEDS_EMAIL: LegacyCodeStatus.NEEDS_EMAIL,
    Outcome.NEEDS_REVIEW: LegacyCodeStatus.IN_REVIEW,
    Outcome.SHARED_SPLIT: LegacyCodeStatus.SPLIT_PENDING,
    Outcome.ORG_UNRESOLVED: LegacyCodeStatus.ORGANIZATION_UNRESOLVED,
    Outcome.SYSTEM_CREDENTIAL: LegacyCodeStatus.SYSTEM,
}
_IMPORTED = frozenset(CODE_STATUSES.values())

# Update only codes whose status an import set, because what a person or an administrator decided stays. The final
# SELECT returns the previous links: all parts of a statement share one snapshot.
_DECIDE = """
WITH u AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::uuid[], $10::uuid[])
        AS u (id, file_id, row, outcome, flags, account_code, joins, status, organization_id, account_id)
), decided AS (
    UPDATE drop_rows AS r
    SET outcome = u.outcome, flags = string_to_array(u.flags, E'\\n'), account_code = u.account_code, joins = u.joins
    FROM u WHERE r.file_id = u.file_id AND r.row = u.row
    RETURNING u.id, r.service_id, r.code, r.code_key, r.kind, u.status, r.service_role, u.organization_id, u.account_id,
        CASE WHEN r.locked THEN now() END AS locked_at, r.last_used_at
), no_longer_undecided AS (
    DELETE FROM undecided_rows AS r USING u WHERE r.file_id = u.file_id AND r.row = u.row
), written AS (
    INSERT INTO legacy_codes AS c (id, service_id, code, code_key, kind, status, service_role, organization_id,
        account_id, locked_at, last_used_at)
    SELECT id, service_id, code, code_key, kind, status, service_role, organization_id, account_id, locked_at,
        last_used_at
    FROM decided
    ON CONFLICT (service_id, code_key) DO UPDATE
    SET code = excluded.code, kind = excluded.kind, status = excluded.status, service_role = excluded.service_role,
        organization_id = excluded.organization_id, account_id = excluded.account_id,
        locked_at = CASE WHEN excluded.locked_at IS NOT NULL THEN coalesce(c.locked_at, excluded.locked_at) END,
        last_used_at = excluded.last_used_at, vanished_at = (
            SELECT r.vanished_at FROM drop_rows AS r
            WHERE r."current" AND r.service_id = excluded.service_id AND r.code_key = excluded.code_key
        )
    WHERE c.status = ANY ($11::text[])
)
SELECT DISTINCT c.account_id FROM decided AS d CROSS JOIN LATERAL (
    SELECT account_id FROM legacy_codes WHERE service_id = d.service_id AND code_key = d.code_key OFFSET 0
) AS c
WHERE c.account_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class TargetIds:
    """Ids of the organizations of a batch by Business ID, and of its accounts by e-mail key."""

    organizations: dict[str, UUID]
    accounts: dict[str, UUID]


async def ensure_accounts_and_organizations(
    connection: Connection, decisions: list[Decision]
) -> tuple[TargetIds, list[ImportAuditRecord]]:
    """Write the organizations of a batch with their customer numbers, and its accounts.

    Returns their ids and the audit records.
    """
    organizations, created_organizations = await ensure_organizations(connection, decisions)
    await ensure_customer_numbers(connection, decisions, organizations)
    accounts, created_accounts = await ensure_accounts(connection, decisions)
    return TargetIds(organizations, accounts), [*created_organizations, *created_accounts]


async def apply_decisions(connection: Connection, decisions: list[Decision], targets: TargetIds) -> ImportAuditRecord:
    """Write the old codes and dormant memberships of a batch and the outcome of each row.

    Returns the audit record.
    """
    decided = columns(_decided(decision, targets) for decision in decisions)
    linked = await connection.fetch(_DECIDE, *decided, _IMPORTED)
    await apply_memberships(connection, decisions, targets.organizations, targets.accounts)
    if linked:
        await end_unsupported(connection, [row["account_id"] for row in linked])
    changes = {"outcomes": dict(Counter(decision.outcome.value for decision in decisions))}
    return ImportAuditRecord(Action.LEGACY_CODE_IMPORT, decisions[0].row["file_id"], changes=changes)


def _decided(decision: Decision, targets: TargetIds) -> tuple[Any, ...]:
    row, status = decision.row, CODE_STATUSES[decision.outcome]
    account = targets.accounts.get(row["email_key"]) if status is LegacyCodeStatus.LINK_PENDING else None
    flags = "\n".join(decision.flags)
    told = (decision.outcome, flags, decision.account_code, decision.joins)
    return (uuid7(), row["file_id"], row["row"], *told, status, targets.organizations.get(row["business_id"]), account)
