"""Facts about a batch of rows from other rows, the register and our accounts: one statement for each kind of fact."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

import asyncpg

from usecases.drop.base.columns import columns
from usecases.drop.base.transactions import BATCH_SIZE, Connection

Row: TypeAlias = asyncpg.Record
RowKey: TypeAlias = tuple[UUID, int]  # file and row

FIRST: RowKey = (UUID(int=0), 0)

# Rows of files whose import was interrupted (`current_at` is null) do not count until it has continued.
_READ_UNDECIDED = """
SELECT r.*, f.format, f.service || ':' || r.code_key AS key, c.status AS register_status,
    CASE WHEN r.organization_name IS NOT NULL THEN c.names END AS register_names
FROM (
    SELECT u.file_id, u.row, d.format, d.service FROM undecided_rows AS u
    CROSS JOIN LATERAL (
        SELECT format, (SELECT code FROM services WHERE id = service_id) AS service FROM drop_files
        WHERE id = u.file_id AND current_at IS NOT NULL OFFSET 0
    ) AS d
    WHERE (u.file_id, u.row) > ($2, $3)
    ORDER BY u.file_id, u.row LIMIT $1
) AS f
CROSS JOIN LATERAL (
    SELECT file_id, row, own_flags, code_key, kind, email_key, email_verified, email_skeleton, name,
        name_initials, business_id, organization_name, organization_role, customer_number, contract_number
    FROM drop_rows WHERE file_id = f.file_id AND row = f.row OFFSET 0
) AS r
LEFT JOIN LATERAL (
    SELECT status, names FROM register_companies WHERE business_id = r.business_id OFFSET 0
) AS c ON true
ORDER BY r.file_id, r.row
"""
_NAMES = """
SELECT q.email_key, r.names
FROM unnest($1::text[]) AS q (email_key)
CROSS JOIN LATERAL (
    SELECT (array_agg(DISTINCT d.name))[1:8] AS names
    FROM drop_rows AS d
    WHERE d."current" AND d.email_key = q.email_key AND d.email_verified IS NULL AND d.kind = 'PERSON'
        AND d.name IS NOT NULL AND (SELECT current_at FROM drop_files WHERE id = d.file_id) IS NOT NULL
) AS r
WHERE r.names IS NOT NULL
"""
# Order of trust between rows: newest last use first.
_LEADERS = """
SELECT q.email_key, r.*
FROM unnest($1::text[]) AS q (email_key)
CROSS JOIN LATERAL (
    SELECT d.file_id, d.row, d.name, (SELECT code FROM services WHERE id = d.service_id) || ':' || d.code_key AS key
    FROM drop_rows AS d
    WHERE d."current" AND d.linkable AND d.email_key = q.email_key
        AND (SELECT current_at FROM drop_files WHERE id = d.file_id) IS NOT NULL
        AND (SELECT status FROM register_companies WHERE business_id = d.business_id) = 'REGISTERED'
    ORDER BY d.last_used_at DESC NULLS LAST, key LIMIT 1
) AS r
"""
_CONSUMERS = """
SELECT q.email_key, r.*
FROM unnest($1::text[]) AS q (email_key)
CROSS JOIN LATERAL (
    SELECT d.file_id, d.row, d.name, d.code_key, d.email_verified, d.email_skeleton, d.linkable,
        (SELECT code FROM services WHERE id = d.service_id) || ':' || d.code_key AS key
    FROM drop_rows AS d
    WHERE d."current" AND d.email_verified IS NOT NULL AND d.email_key = q.email_key
        AND (SELECT current_at FROM drop_files WHERE id = d.file_id) IS NOT NULL
    ORDER BY d.code_key LIMIT 100
) AS r
"""
# An account that only imports made is no fact yet.
_ACCOUNTS = """
SELECT email_key, status, display_name FROM accounts
WHERE email_key = ANY ($1::text[]) AND status <> 'ERASED' AND status <> 'PENDING'
"""
_NAMESAKES = """
SELECT DISTINCT q.business_id, q.name_initials, k.code_key, k.name, k.email_key, k.email_skeleton
FROM unnest($1::text[], $2::text[]) AS q (business_id, name_initials)
CROSS JOIN LATERAL (
    SELECT d.email_key FROM drop_rows AS d
    WHERE d."current" AND d.business_id = q.business_id AND d.name_initials = q.name_initials
        AND (SELECT current_at FROM drop_files WHERE id = d.file_id) IS NOT NULL OFFSET 0
) AS r
CROSS JOIN LATERAL (
    SELECT d.code_key, d.name, d.email_key, d.email_skeleton FROM drop_rows AS d
    WHERE d."current" AND d.email_key = r.email_key AND d.email_verified AND d.linkable AND d.name IS NOT NULL
        AND (SELECT current_at FROM drop_files WHERE id = d.file_id) IS NOT NULL OFFSET 0
) AS k
"""


@dataclass(slots=True)
class Facts:
    """Facts about a batch's addresses, by key."""

    names: dict[str, list[str]]
    leaders: dict[str, Row]
    consumers: dict[str, list[Row]]
    accounts: dict[str, Row]
    namesakes: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def verified_consumer(self, email_key: str | None) -> Row | None:
        """Return the one consumer who has proved to read this mailbox, if their own row is not in doubt.

        Other consumers and our accounts may put the row in doubt too: `consumer_rules.imported_consumer` checks these.
        """
        verified = [consumer for consumer in self.consumers.get(email_key or "", ()) if consumer["email_verified"]]
        return verified[0] if len(verified) == 1 and verified[0]["linkable"] else None


async def undecided(connection: Connection, last: RowKey) -> list[Row]:
    """Return the next batch of undecided rows after `last`, each with the register's facts on its organization."""
    rows: list[Row] = await connection.fetch(_READ_UNDECIDED, BATCH_SIZE, *last)
    return rows


async def gather(connection: Connection, rows: list[Row]) -> Facts:
    """Return the facts about a batch of rows."""
    emails = _distinct(row["email_key"] for row in rows)
    lookalikes = _distinct(row["email_skeleton"] for row in rows)
    of_codes = _distinct(row["email_key"] for row in rows if row["email_verified"] is None)
    facts = Facts(
        names={row["email_key"]: row["names"] for row in await connection.fetch(_NAMES, of_codes)},
        leaders={row["email_key"]: row for row in await connection.fetch(_LEADERS, of_codes)},
        consumers=_grouped(await connection.fetch(_CONSUMERS, _distinct([*emails, *lookalikes]))),
        accounts=await _accounts(connection, emails),
    )
    await _gather_namesakes(connection, rows, facts)
    return facts


async def _gather_namesakes(connection: Connection, rows: list[Row], facts: Facts) -> None:
    """Add the consumers that rows may be namesakes of, and the facts that show if those are under review."""
    strangers = {
        (row["business_id"], row["name_initials"])
        for row in rows
        if row["business_id"] and row["name_initials"] and facts.verified_consumer(row["email_key"]) is None
    }
    if not strangers:
        return
    found = await connection.fetch(_NAMESAKES, *columns(sorted(strangers)))
    for row in found:
        facts.namesakes.setdefault((row["business_id"], row["name_initials"]), []).append(row)
    emails = _distinct(row["email_key"] for row in found)
    lookalikes = _distinct(row["email_skeleton"] for row in found)
    if emails:
        facts.consumers |= _grouped(await connection.fetch(_CONSUMERS, _distinct([*emails, *lookalikes])))
        facts.accounts |= await _accounts(connection, emails)


async def _accounts(connection: Connection, emails: list[str]) -> dict[str, Row]:
    return {row["email_key"]: row for row in await connection.fetch(_ACCOUNTS, emails)}


def _distinct(values: Iterable[str | None]) -> list[str]:
    return list({value for value in values if value is not None})


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["email_key"]].append(row)
    return dict(groups)
