"""Accounts of imported rows: pending until their owners act, with the details of the most trusted row."""

from uuid import UUID

from uuid_utils import uuid7

from models.account import Language
from usecases.audit.action import Action
from usecases.drop.base.audit import ImportAuditRecord
from usecases.drop.base.transactions import Connection
from usecases.drop.decide.facts import Row
from usecases.drop.decide.outcome import Decision

# Imports decide the details of a pending account only; its owner's first action ends that. Only pending accounts are
# locked, so ON CONFLICT DO UPDATE, which would lock every account of the batch, is not used. An action that moves to an
# address of the batch waits for the import while it holds a lock on its own account. The import must not wait for that
# lock, or both would deadlock.
_ENSURE = """
WITH wanted AS MATERIALIZED (
    SELECT u.id, r.email, r.email_key, r.name, r.given_name, r.family_name, r.phone, r.preferred_language,
        coalesce(r.language, $4) AS language
    FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS u (id, file_id, row)
    CROSS JOIN LATERAL (SELECT * FROM drop_rows WHERE file_id = u.file_id AND row = u.row OFFSET 0) AS r
), created AS (
    INSERT INTO accounts
        (id, status, email, email_key, display_name, given_name, family_name, phone, language, preferred_language)
    SELECT id, 'PENDING', email, email_key, name, given_name, family_name, phone, language, preferred_language
    FROM wanted
    ON CONFLICT (email_key) WHERE status <> 'ERASED' DO NOTHING
    RETURNING id, version
), pending AS MATERIALIZED (
    SELECT a.id AS account_id, w.* FROM wanted AS w
    CROSS JOIN LATERAL (
        SELECT id, status FROM accounts WHERE email_key = w.email_key AND status <> 'ERASED' OFFSET 0
    ) AS a
    WHERE a.status = 'PENDING'
), corrected AS (
    UPDATE accounts AS a
    SET email = w.email, display_name = w.name, given_name = w.given_name, family_name = w.family_name,
        phone = w.phone, language = w.language, preferred_language = w.preferred_language, version = a.version + 1
    FROM pending AS w
    WHERE a.id = w.account_id AND a.status = 'PENDING' AND
        (a.email, a.display_name, a.given_name, a.family_name, a.phone, a.language, a.preferred_language)
        IS DISTINCT FROM
        (w.email, w.name, w.given_name, w.family_name, w.phone, w.language, w.preferred_language)
    RETURNING a.id, a.version
)
SELECT * FROM created UNION ALL SELECT * FROM corrected
"""
_BY_EMAIL = "SELECT email_key, id FROM accounts WHERE email_key = ANY ($1::text[]) AND status <> 'ERASED'"


async def ensure_accounts(
    connection: Connection, decisions: list[Decision]
) -> tuple[dict[str, UUID], list[ImportAuditRecord]]:
    """Create or correct the pending accounts of a batch.

    Returns each address's account id by e-mail key, and the audit records.
    """
    owners = {d.owner["email_key"]: d.owner for d in decisions if d.owner is not None}
    written: list[Row] = []
    if owners:
        files, rows = ([owner[part] for owner in owners.values()] for part in ("file_id", "row"))
        written = await connection.fetch(_ENSURE, [uuid7() for _ in owners], files, rows, Language.FI)
    emails = sorted({decision.row["email_key"] for decision in decisions if decision.row["email_key"]})
    ids = {row["email_key"]: row["id"] for row in await connection.fetch(_BY_EMAIL, emails)}
    return ids, [_entry(account) for account in written]


def _entry(written: Row) -> ImportAuditRecord:
    return ImportAuditRecord(
        Action.ACCOUNT_IMPORT if written["version"] == 1 else Action.ACCOUNT_IMPORT_CORRECT, written["id"]
    )
