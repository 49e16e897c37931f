"""What an import leaves in the history: who is always the system's own viewer `drop-import`."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg.pgproto.pgproto import UUID as FastUUID
from uuid_utils import uuid7

from models.audit import AuditResult

ACTOR = "drop-import"

_COLUMNS = ["id", "at", "action", "result", "actor_name", "subject_id", "organization_id", "changes"]
_SALTS = ["origin_salt", "changes_salt"]  # made here: PostgreSQL opens /dev/urandom anew for each


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed of the import on an account, an organization, a file or a batch of old codes."""

    action: str
    subject_id: UUID | None = None
    organization_id: UUID | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


async def write_audit(connection: asyncpg.Connection, entries: list[Entry], *, chained: bool) -> None:
    """Write the entries into the transaction of the deeds themselves, as the last thing before its commit.

    `chained` gives them their places in the chain at once and holds its lane from here on; without, the commit does
    so one by one.
    """
    if not entries:
        return
    now, ids = datetime.now(UTC), [uuid7() for _ in entries]
    salts = iter(_uuids(2 * len(entries)))
    records = [
        (id_, now, entry.action, AuditResult.DONE, ACTOR, entry.subject_id, entry.organization_id, _json(entry), *pair)
        for id_, entry, pair in zip(ids, entries, zip(salts, salts, strict=True), strict=True)
    ]
    await connection.copy_records_to_table("audit_entries", records=records, columns=[*_COLUMNS, *_SALTS])
    if chained:
        await connection.execute("SELECT chain_audit_entries($1)", ids)


def _uuids(count: int) -> list[FastUUID]:
    """Give random UUIDs (RFC 9562, version 4)."""
    noise = bytearray(os.urandom(16 * count))
    for place in range(0, len(noise), 16):
        noise[place + 6] = noise[place + 6] & 0x0F | 0x40
        noise[place + 8] = noise[place + 8] & 0x3F | 0x80
    return [FastUUID(bytes(noise[place : place + 16])) for place in range(0, len(noise), 16)]


def _json(entry: Entry) -> str:
    return json.dumps(dict(entry.changes)) if entry.changes else "{}"
