"""Replacement of an older file by a newer one, row by row; codes that the newer one lacks are flagged, not unlinked."""

from models.drop import Outcome
from usecases.audit.action import Action
from usecases.drop.base.audit import ImportAuditRecord
from usecases.drop.base.flags import Flag
from usecases.drop.base.progress import Progress, Step
from usecases.drop.base.transactions import BATCH_SIZE, Connection, batch_transaction
from usecases.drop.decide.facts import Row
from usecases.drop.intake.registration import DropFile

# The first row of a code counts. An equal later row is ignored; a contradicting one puts both in doubt.
_DUPLICATES = f"""
WITH repeated AS (
    SELECT d.row, first.row AS first_row, d.content IS DISTINCT FROM first.content AS differs
    FROM drop_rows AS d
    CROSS JOIN LATERAL (
        SELECT f.row, f.content FROM drop_rows AS f
        WHERE f."current" AND f.service_id = d.service_id AND f.code_key = d.code_key AND f.file_id = d.file_id
        ORDER BY f.row LIMIT 1
    ) AS first
    WHERE d.file_id = $1 AND d.row > $2 AND d.row <= $3 AND d."current" AND first.row < d.row
), doubted AS (
    UPDATE drop_rows AS d
    SET own_flags = array_append(d.own_flags, '{Flag.DUPLICATE_DIFFERS}'), linkable = false
    WHERE d.file_id = $1 AND d.row IN (SELECT first_row FROM repeated WHERE differs)
        AND NOT '{Flag.DUPLICATE_DIFFERS}' = ANY (d.own_flags)
)
UPDATE drop_rows AS d
SET "current" = false, proof_pending = false, linkable = false,
    outcome = CASE WHEN r.differs THEN '{Outcome.NEEDS_REVIEW}' ELSE '{Outcome.NOOP_DUPLICATE}' END,
    flags = CASE WHEN r.differs THEN array_prepend('{Flag.DUPLICATE_DIFFERS}', d.own_flags)
        ELSE ARRAY['{Flag.DUPLICATE_IN_FILE}'] END
FROM repeated AS r WHERE d.file_id = $1 AND d.row = r.row
"""  # noqa: S608 - only names of our own catalogue are put in
_SUPERSEDE = f"""
WITH former AS MATERIALIZED (
    SELECT f.file_id, f.row FROM (
        SELECT service_id, code_key FROM drop_rows
        WHERE file_id = $1 AND row > $2 AND row <= $3 AND "current" OFFSET 0
    ) AS new
    CROSS JOIN LATERAL (
        SELECT file_id, row FROM drop_rows
        WHERE "current" AND service_id = new.service_id AND code_key = new.code_key AND file_id <> $1 OFFSET 0
    ) AS f
), superseded AS (
    UPDATE drop_rows AS old
    SET "current" = false, proof_pending = false, outcome = coalesce(old.outcome, '{Outcome.NOOP_DUPLICATE}'),
        flags = CASE WHEN old.outcome IS NULL THEN ARRAY['{Flag.SUPERSEDED}'] ELSE old.flags END
    FROM former AS f WHERE old.file_id = f.file_id AND old.row = f.row
    RETURNING old.file_id, old.row, old.email_key, old.business_id, old.name_initials
), no_longer_undecided AS (
    DELETE FROM undecided_rows AS u USING superseded AS s WHERE u.file_id = s.file_id AND u.row = s.row
)
SELECT email_key, business_id, name_initials FROM superseded
"""  # noqa: S608 - only names of our own catalogue are put in
_MARK_UNDECIDED = """
INSERT INTO undecided_rows SELECT file_id, row FROM drop_rows
WHERE file_id = $1 AND row > $2 AND row <= $3 AND "current"
"""
# Decide rows again that share an address, or a look-alike of it, with a new or replaced row. Otherwise the result would
# depend on the order of files.
_REOPEN, _REOPEN_CONFUSABLE = (
    f"""
INSERT INTO undecided_rows SELECT t.file_id, t.row
FROM (
    SELECT email_key FROM drop_rows WHERE file_id = $1 AND row > $2 AND row <= $3
    UNION SELECT * FROM unnest($4::text[]) OFFSET 0
) AS q
CROSS JOIN LATERAL (
    SELECT file_id, row FROM drop_rows
    WHERE "current" AND outcome IS NOT NULL AND {column} = q.email_key OFFSET 0
) AS t
ON CONFLICT DO NOTHING
"""  # noqa: S608 - only names of columns are put in
    for column in ("email_key", "email_skeleton")
)
# A new or replaced account or member may be a namesake, so rows of the organization may gain or lose its name. An
# account that gains or loses a look-alike may enter or leave review.
_REOPEN_NAMESAKES = """
WITH changed AS MATERIALIZED (
    SELECT email_key FROM drop_rows
    WHERE file_id = $1 AND row > $2 AND row <= $3 AND "current" AND email_key IS NOT NULL
    UNION SELECT * FROM unnest($4::text[])
), touched AS MATERIALIZED (
    SELECT email_key FROM changed
    UNION SELECT a.email_key FROM changed AS n CROSS JOIN LATERAL (
        SELECT email_key FROM drop_rows WHERE email_skeleton = n.email_key AND "current" OFFSET 0
    ) AS a
)
INSERT INTO undecided_rows SELECT t.file_id, t.row
FROM (
    SELECT p.business_id, p.name_initials
    FROM touched AS n
    CROSS JOIN LATERAL (
        SELECT business_id, name_initials FROM drop_rows WHERE "current" AND email_key = n.email_key OFFSET 0
    ) AS p
    UNION SELECT * FROM unnest($5::text[], $6::text[])
    OFFSET 0
) AS q
CROSS JOIN LATERAL (
    SELECT file_id, row FROM drop_rows
    WHERE "current" AND outcome IS NOT NULL AND business_id = q.business_id AND name_initials = q.name_initials OFFSET 0
) AS t
ON CONFLICT DO NOTHING
"""
_HISTORY = """
SELECT EXISTS (
    SELECT 1 FROM drop_files WHERE current_at IS NOT NULL AND drop_id <> (SELECT drop_id FROM drop_files WHERE id = $1)
)
"""
_ADVANCE = "UPDATE drop_files SET current_rows = $2 WHERE id = $1"
_VANISHED = f"""
WITH gone AS (
    SELECT r.file_id, r.row, r.service_id, r.code_key FROM drop_rows AS r JOIN drop_files AS f ON f.id = r.file_id
    WHERE r."current" AND r.service_id = $1 AND r.file_id <> $2 AND r.vanished_at IS NULL AND f.sequence < $3 LIMIT $4
), codes AS (
    UPDATE legacy_codes AS c SET vanished_at = now()
    FROM gone WHERE c.service_id = gone.service_id AND c.code_key = gone.code_key
)
UPDATE drop_rows AS r
SET vanished_at = now(), flags = array_append(r.flags, '{Flag.ROW_VANISHED}'),
    own_flags = array_append(r.own_flags, '{Flag.ROW_VANISHED}')
FROM gone WHERE r.file_id = gone.file_id AND r.row = gone.row
"""  # noqa: S608 - only names of our own catalogue are put in
_CURRENT = "UPDATE drop_files SET current_at = now() WHERE id = $1"


async def supersede_previous(connection: Connection, file: DropFile, progress: Progress) -> None:
    """Make a staged file the current one of its service."""
    has_history = await connection.fetchval(_HISTORY, file.id)
    while file.current_rows < file.declared.rows:
        upper = min(file.current_rows + BATCH_SIZE, file.declared.rows)
        async with batch_transaction(connection):
            superseded = await _take_over(connection, file, upper)
            if has_history:
                await _reopen(connection, file, upper, superseded)
            await connection.execute(_ADVANCE, file.id, upper)
        file.current_rows = upper
        progress(Step.SUPERSEDE, upper, file.declared.rows)
    async with batch_transaction(connection) as actions:
        await _flag_vanished(connection, file)
        await connection.execute(_CURRENT, file.id)
        declared = file.declared
        changes = {"sequence": declared.sequence, "rows": declared.rows, "sha256": declared.sha256}
        actions.append(ImportAuditRecord(Action.DROP_FILE_IMPORT, file.id, changes=changes))
    file.is_current = True


async def _take_over(connection: Connection, file: DropFile, upper: int) -> list[Row]:
    """Replace older rows by the rows up to `upper`, and return the addresses and persons of the older ones."""
    rows = (file.id, file.current_rows, upper)
    await connection.execute(_DUPLICATES, *rows)
    superseded: list[Row] = await connection.fetch(_SUPERSEDE, *rows)
    await connection.execute(_MARK_UNDECIDED, *rows)
    return superseded


async def _reopen(connection: Connection, file: DropFile, upper: int, superseded: list[Row]) -> None:
    """Reopen every earlier row whose outcome or flags may change with these rows."""
    rows = (file.id, file.current_rows, upper)
    emails = [row["email_key"] for row in superseded if row["email_key"]]
    persons = [row for row in superseded if row["business_id"] and row["name_initials"]]
    await connection.execute(_REOPEN, *rows, emails)
    await connection.execute(_REOPEN_CONFUSABLE, *rows, emails)
    parts = ([row[part] for row in persons] for part in ("business_id", "name_initials"))
    await connection.execute(_REOPEN_NAMESAKES, *rows, emails, *parts)


async def _flag_vanished(connection: Connection, file: DropFile) -> None:
    flagged = BATCH_SIZE
    while flagged == BATCH_SIZE:
        tag = await connection.execute(_VANISHED, file.service_id, file.id, file.declared.sequence, BATCH_SIZE)
        flagged = int(tag.rpartition(" ")[2])
