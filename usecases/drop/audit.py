"""What an import leaves in the history: who is always the system's own viewer `drop-import`."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from uuid_utils import uuid7

from models.audit import AuditResult
from usecases.drop.batches import Connection

ACTOR = "drop-import"

_COLUMNS = ["id", "at", "action", "result", "actor_name", "subject_id", "organization_id", "changes"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed of the import on an account, an organization, a file or a batch of old codes."""

    action: str
    subject_id: UUID | None = None
    organization_id: UUID | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


async def write_audit(connection: Connection, entries: Iterable[Entry]) -> None:
    """Write the entries into the transaction of the deeds themselves."""
    now = datetime.now(UTC)
    records = [
        (uuid7(), now, entry.action, AuditResult.DONE, ACTOR, entry.subject_id, entry.organization_id, _json(entry))
        for entry in entries
    ]
    await connection.copy_records_to_table("audit_entries", records=records, columns=_COLUMNS)


def _json(entry: Entry) -> str:
    return json.dumps(dict(entry.changes)) if entry.changes else "{}"
