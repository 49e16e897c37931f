"""Import of the company register: it stays for later drops, and names our organizations."""

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import Any

from models.drop import Outcome
from models.values.sort_key import finnish_sort_key
from usecases.drop.base.flags import Flag
from usecases.drop.base.progress import Progress, Step
from usecases.drop.base.transactions import BATCH_SIZE, Connection, batch_transaction
from usecases.drop.formats.record_splitting import next_part
from usecases.drop.formats.register import Company, read_company
from usecases.drop.intake.registration import DropFile
from usecases.drop.intake.verification import syntax_of

_COMPANIES = """
INSERT INTO register_companies (business_id, names, status, ceased_on, sequence)
SELECT u.business_id, string_to_array(u.names, E'\\n'), u.status, u.ceased_on, $5
FROM unnest($1::text[], $2::text[], $3::text[], $4::date[]) AS u (business_id, names, status, ceased_on)
ON CONFLICT (business_id) DO UPDATE
SET names = excluded.names, status = excluded.status, ceased_on = excluded.ceased_on, sequence = excluded.sequence
WHERE register_companies.sequence <= excluded.sequence
"""
# Keep a name that an administrator has seen and may have corrected.
_ORGANIZATIONS = """
UPDATE organizations AS o
SET register_status = u.status,
    name = CASE WHEN o.status = 'AWAITING_ADMINISTRATOR' THEN u.name ELSE o.name END,
    name_sort_key = CASE WHEN o.status = 'AWAITING_ADMINISTRATOR' THEN u.sort_key ELSE o.name_sort_key END,
    version = o.version + 1
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS u (business_id, name, sort_key, status)
WHERE o.identifier_scheme = 'BUSINESS_ID' AND o.identifier = u.business_id
    AND (o.register_status IS DISTINCT FROM u.status OR (o.name <> u.name AND o.status = 'AWAITING_ADMINISTRATOR'))
"""
# Rows that share an address are one account, and rows of other companies may join the row of this company.
_REOPEN_OF_COMPANIES = """
WITH own AS MATERIALIZED (
    SELECT file_id, row, email_key FROM drop_rows
    WHERE "current" AND outcome IS NOT NULL AND business_id = ANY ($1::text[])
)
INSERT INTO undecided_rows SELECT file_id, row FROM own
UNION SELECT t.file_id, t.row
FROM (SELECT DISTINCT email_key FROM own WHERE email_key IS NOT NULL OFFSET 0) AS q
CROSS JOIN LATERAL (
    SELECT file_id, row FROM drop_rows
    WHERE "current" AND outcome IS NOT NULL AND email_key = q.email_key OFFSET 0
) AS t
ON CONFLICT DO NOTHING
"""
_REJECTED = ["file_id", "row", "flags", "own_flags", "outcome", "current"]
_DONE = """
UPDATE drop_files SET staged_rows = $2, current_rows = $2, staged_at = CASE WHEN $2 = rows THEN now() END,
    current_at = CASE WHEN $2 = rows THEN now() END
WHERE id = $1
"""


async def take_register(connection: Connection, file: DropFile, progress: Progress) -> None:
    """Import a register file, and reopen the rows of its companies."""
    texts = islice(syntax_of(file.declared).texts(file.path, file.declared), file.staged_rows, None)
    while part := await asyncio.to_thread(next_part, texts, BATCH_SIZE):
        async with batch_transaction(connection):
            await _take(connection, file, _read(file, part))
            file.staged_rows += len(part)
            await connection.execute(_DONE, file.id, file.staged_rows)
        progress(Step.COMPANIES, file.staged_rows, file.declared.rows)
    if file.declared.rows == 0:
        await connection.execute(_DONE, file.id, 0)


async def _take(connection: Connection, file: DropFile, read: list[tuple[int, Company | tuple[Flag, ...]]]) -> None:
    companies = list({c.business_id: c for _, c in read if isinstance(c, Company)}.values())
    ids = [company.business_id for company in companies]
    statuses = [company.status for company in companies]
    first_names = [company.names[0] for company in companies]
    await connection.execute(
        _COMPANIES,
        ids,
        ["\n".join(company.names) for company in companies],
        statuses,
        [company.ceased_on for company in companies],
        file.declared.sequence,
    )
    await connection.execute(_ORGANIZATIONS, ids, first_names, list(map(finnish_sort_key, first_names)), statuses)
    await connection.execute(_REOPEN_OF_COMPANIES, ids)
    await connection.copy_records_to_table("drop_rows", records=_rejected(file, read), columns=_REJECTED)


def _read(file: DropFile, part: list[str]) -> list[tuple[int, Company | tuple[Flag, ...]]]:
    """Return the companies of some records with their row numbers; read record by record, to bound the memory."""
    read_record = syntax_of(file.declared).record
    found = []
    for number, text in enumerate(part, start=file.staged_rows + 1):
        record = read_record(text, file.declared)
        found.append((number, record.rejected_for or read_company(record.cells) or (Flag.MALFORMED_ROW,)))
    return found


def _rejected(file: DropFile, read: list[tuple[int, Company | tuple[Flag, ...]]]) -> Iterator[tuple[Any, ...]]:
    for number, flags in read:
        if not isinstance(flags, Company):
            names = [flag.value for flag in flags]
            yield (file.id, number, names, names, Outcome.REJECT_ROW, False)
