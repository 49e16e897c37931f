"""What other rows, the register and our accounts say about a batch of rows: one statement for each kind of fact."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

import asyncpg

from usecases.drop.batches import BATCH, Connection

Row: TypeAlias = asyncpg.Record

_UNDECIDED = """
SELECT r.*, f.format, s.code || ':' || r.code_key AS key, c.names AS register_names, c.status AS register_status
FROM drop_rows AS r
JOIN drop_files AS f ON f.id = r.file_id
JOIN services AS s ON s.id = r.service_id
LEFT JOIN register_companies AS c ON c.business_id = r.business_id
WHERE r.decided_at IS NULL AND r.file_id = ANY ($1::uuid[])
ORDER BY r.file_id, r.row LIMIT $2
"""
# Rows of files whose import was cut short don't count until it has gone on.
_LIVE_FILES = "SELECT id FROM drop_files WHERE current_at IS NOT NULL AND service_id IS NOT NULL"
_NAMES = """
SELECT email_key, (array_agg(DISTINCT name))[1:8] AS names
FROM drop_rows
WHERE "current" AND file_id = ANY ($1::uuid[]) AND email_key = ANY ($2::text[])
    AND email_verified IS NULL AND kind = 'PERSON' AND name IS NOT NULL
GROUP BY email_key
"""
# Order of trust between rows: newest last use first.
_LEADERS = """
SELECT DISTINCT ON (r.email_key) r.*, s.code || ':' || r.code_key AS key
FROM drop_rows AS r
JOIN register_companies AS c ON c.business_id = r.business_id AND c.status = 'REGISTERED'
JOIN services AS s ON s.id = r.service_id
WHERE r."current" AND r.linkable AND r.file_id = ANY ($1::uuid[]) AND r.email_key = ANY ($2::text[])
ORDER BY r.email_key, r.last_used_at DESC NULLS LAST, s.code, r.code_key
"""
_CONSUMERS = """
SELECT r.*, s.code || ':' || r.code_key AS key
FROM drop_rows AS r JOIN services AS s ON s.id = r.service_id
WHERE r."current" AND r.email_verified IS NOT NULL AND r.file_id = ANY ($1::uuid[]) AND r.email_key = ANY ($2::text[])
ORDER BY r.email_key, r.code_key
"""
_ACCOUNTS = """
SELECT email_key, status, display_name FROM accounts WHERE email_key = ANY ($1::text[]) AND status <> 'ERASED'
"""
_NAMESAKES = """
SELECT DISTINCT q.business_id, q.name_initials, k.code_key, k.name, k.email_key
FROM unnest($2::text[], $3::text[]) AS q (business_id, name_initials)
JOIN drop_rows AS r ON r."current" AND r.business_id = q.business_id AND r.name_initials = q.name_initials
    AND r.file_id = ANY ($1::uuid[])
JOIN drop_rows AS k ON k."current" AND k.email_key = r.email_key AND k.email_verified AND k.linkable
    AND k.file_id = ANY ($1::uuid[])
WHERE k.name IS NOT NULL
"""


@dataclass(slots=True)
class Facts:
    """What is known of a batch's addresses, by key; an account that an import made itself is no fact yet."""

    names: dict[str, list[str]]
    leaders: dict[str, Row]
    consumers: dict[str, list[Row]]
    accounts: dict[str, Row]
    namesakes: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def verified_consumer(self, email_key: str | None) -> Row | None:
        """Return the one consumer who has shown that she reads this mailbox, unless she is in doubt herself."""
        verified = [consumer for consumer in self.consumers.get(email_key or "", ()) if consumer["email_verified"]]
        return verified[0] if len(verified) == 1 and verified[0]["linkable"] else None


async def live_files(connection: Connection) -> list[UUID]:
    """Return the files whose rows count."""
    return [row["id"] for row in await connection.fetch(_LIVE_FILES)]


async def undecided(connection: Connection, live: list[UUID]) -> list[Row]:
    """Return the next batch of rows to decide, each with what the register says of its organization."""
    rows: list[Row] = await connection.fetch(_UNDECIDED, live, BATCH)
    return rows


async def gather(connection: Connection, live: list[UUID], rows: list[Row]) -> Facts:
    """Return the facts about a batch of rows."""
    emails = _distinct(row["email_key"] for row in rows)
    lookalikes = _distinct(row["email_skeleton"] for row in rows)
    facts = Facts(
        names={row["email_key"]: row["names"] for row in await connection.fetch(_NAMES, live, emails)},
        leaders={row["email_key"]: row for row in await connection.fetch(_LEADERS, live, emails)},
        consumers=_grouped(await connection.fetch(_CONSUMERS, live, [*emails, *lookalikes])),
        accounts={row["email_key"]: row for row in await connection.fetch(_ACCOUNTS, emails)},
    )
    strangers = {
        (row["business_id"], row["name_initials"])
        for row in rows
        if row["business_id"] and row["name_initials"] and facts.verified_consumer(row["email_key"]) is None
    }
    if strangers:
        found = await connection.fetch(_NAMESAKES, live, *map(list, zip(*sorted(strangers), strict=True)))
        for row in found:
            facts.namesakes.setdefault((row["business_id"], row["name_initials"]), []).append(row)
    return facts


def _distinct(values: Iterable[str | None]) -> list[str]:
    return sorted({value for value in values if value is not None})


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["email_key"]].append(row)
    return dict(groups)
