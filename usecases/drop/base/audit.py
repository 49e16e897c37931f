"""Audit records of an import; the actor is always the system viewer `drop-import`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from uuid_utils import uuid4, uuid7

from models.audit import AuditResult
from usecases.audit.action import Action

ACTOR = "drop-import"

_COLUMNS = ["id", "at", "action", "result", "actor_name", "subject_id", "organization_id", "changes"]
_SALTS = ["origin_salt", "changes_salt"]  # made in Python, because PostgreSQL opens /dev/urandom again for each


@dataclass(frozen=True, slots=True)
class ImportAuditRecord:
    """An action of the import on an account, an organization, a file or a batch of old codes."""

    action: Action
    subject_id: UUID | None = None
    organization_id: UUID | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


async def write_import_audit(
    connection: asyncpg.Connection, entries: list[ImportAuditRecord], *, chained: bool
) -> None:
    """Write the entries in the transaction of the actions, as its last statement before the commit.

    `chained` gives all entries their places in the chain at once, and holds its lane until the commit. Otherwise the
    commit chains them one by one.
    """
    if not entries:
        return
    now, result = datetime.now(UTC), AuditResult.DONE.value
    records = [
        (uuid7(), now, e.action, result, ACTOR, e.subject_id, e.organization_id, _json(e), uuid4(), uuid4())
        for e in entries
    ]
    await connection.copy_records_to_table("audit_entries", records=records, columns=[*_COLUMNS, *_SALTS])
    if chained:
        await connection.execute("SELECT chain_audit_entries($1)", [record[0] for record in records])


def _json(entry: ImportAuditRecord) -> str:
    return json.dumps(dict(entry.changes)) if entry.changes else "{}"
