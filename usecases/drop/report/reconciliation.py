"""Reconciliation of a drop: the outcome of each row, and a table in which rows in equal rows out."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from models.drop import Outcome
from usecases.drop.base.errors import FileFaultError
from usecases.drop.base.transactions import BATCH_SIZE, Connection
from usecases.drop.decide.facts import Row
from usecases.drop.intake.registration import RegisteredDrop
from usecases.drop.report.row import row_report

_ROWS = """
SELECT f.name AS file, f.position, s.code || ':' || r.code_key AS key, r.*
FROM drop_rows AS r
JOIN drop_files AS f ON f.id = r.file_id
LEFT JOIN services AS s ON s.id = r.service_id
WHERE f.drop_id = $1 AND r.outcome IS NOT NULL AND (f.position, r.row) > ($2, $3)
    AND ($5::text IS NULL OR r.outcome = $5)
ORDER BY f.position, r.row LIMIT $4
"""
_FILES = """
SELECT f.position, f.name, s.code AS service, f.sequence, f.rows, f.fault_code, f.fault,
    f.repeats_file_id IS NOT NULL AS repeats, f.current_at IS NOT NULL AS imported,
    (SELECT current_at FROM drop_files WHERE id = f.repeats_file_id) AS repeated_at,
    f.format = 'prh-company-jsonl-3' AS is_register,
    (SELECT coalesce(jsonb_object_agg(o.outcome, o.count), '{}') FROM (
        SELECT outcome, count(*) FROM drop_rows WHERE file_id = f.id AND outcome IS NOT NULL GROUP BY outcome
    ) AS o)::text AS outcomes
FROM drop_files AS f LEFT JOIN services AS s ON s.id = f.service_id
WHERE f.drop_id = $1 ORDER BY f.position
"""
_DROPS = "SELECT id, produced_at, begun_at, completed_at FROM drops ORDER BY id"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A file that an earlier run or drop imported, and its difference from the file in the folder."""

    imported_at: datetime | None
    mismatch: FileFaultError | None


@dataclass(frozen=True, slots=True)
class ThisRun:
    """Findings of one run:

    names missing from the manifest, an earlier import of the drop, and files imported before.
    """

    unlisted: list[str] = field(default_factory=list)
    completed_at: datetime | None = None
    earlier: Mapping[int, Earlier] = field(default_factory=dict)

    @classmethod
    def of(cls, drop: RegisteredDrop, unlisted: list[str]) -> "ThisRun":
        """Return the findings about a drop as it was before the run."""
        earlier = {
            position: Earlier(file.imported_at, file.mismatch)
            for position, file in enumerate(drop.files)
            if file.imported_at or file.mismatch
        }
        return cls(unlisted, drop.completed_at, earlier)


@dataclass(frozen=True, slots=True)
class FileReport:
    """One line of the reconciliation; `companies` are the imported rows of a register.

    `imported_at` is when an earlier run or drop imported the file; `mismatch` is the difference of the present file.
    """

    name: str
    service: str | None
    sequence: int
    rows: int
    outcomes: dict[str, int]
    companies: int
    fault_code: str | None
    fault: str | None
    is_repeat: bool
    imported_at: datetime | None = None
    mismatch: FileFaultError | None = None

    @property
    def adds_up(self) -> bool:
        """Return whether each row is in exactly one bucket; otherwise the import has a defect."""
        is_read = self.fault is None and not self.is_repeat
        return not is_read or self.rows == sum(self.outcomes.values()) + self.companies

    def as_json(self) -> dict[str, Any]:
        """Return the file's part of the summary."""
        counts: dict[str, Any] = {"name": self.name, "rows": self.rows, "outcomes": self.outcomes}
        if self.service is None:
            counts["companies"] = self.companies
        if self.fault is not None:
            counts["fault"] = {"code": self.fault_code, "message": self.fault}
        if self.is_repeat:
            counts["alreadyImported"] = True
        if self.imported_at is not None:
            counts["importedAlreadyAt"] = _json_time(self.imported_at)
        if self.mismatch is not None:
            counts["mismatch"] = {"code": self.mismatch.code, "message": self.mismatch.message}
        return counts


class DropReport:
    """Report of one drop, readable while the connection of its import is lent."""

    def __init__(self, connection: Connection, drop_id: UUID, this_run: ThisRun | None = None) -> None:
        self._connection, self._drop_id, self.this_run = connection, drop_id, this_run or ThisRun()

    async def rows(self, outcome: Outcome | None = None) -> AsyncIterator[dict[str, Any]]:
        """Yield the reports of rows in the order of the manifest and of the rows; of one outcome only if given."""
        after = (-1, 0)
        while found := await self._connection.fetch(_ROWS, self._drop_id, *after, BATCH_SIZE, outcome):
            for row in found:
                yield row_report(row)
            after = (found[-1]["position"], found[-1]["row"])

    async def files(self) -> list[FileReport]:
        """Return the reconciliation of each file in the order of the manifest."""
        found = await self._connection.fetch(_FILES, self._drop_id)
        return [_file_report(row, self.this_run.earlier.get(row["position"])) for row in found]

    async def summary(self) -> dict[str, Any]:
        """Return the totals, and those of each file."""
        files = await self.files()
        totals: Counter[str] = Counter()
        for file in files:
            totals.update(file.outcomes)
        completed_at = self.this_run.completed_at
        return {
            **({"importedAlreadyAt": _json_time(completed_at)} if completed_at is not None else {}),
            "rows": sum(file.rows for file in files),
            "companies": sum(file.companies for file in files),
            "outcomes": dict(sorted(totals.items())),
            "files": [file.as_json() for file in files],
            "unlisted": self.this_run.unlisted,
        }


async def all_drops(connection: Connection) -> list[tuple[datetime, DropReport]]:
    """Return the report of every drop with its time of production, in order of registration."""
    return [(row["produced_at"], DropReport(connection, row["id"])) for row in await connection.fetch(_DROPS)]


def _file_report(row: Row, earlier: Earlier | None) -> FileReport:
    outcomes = json.loads(row["outcomes"])
    companies = row["rows"] - sum(outcomes.values()) if row["is_register"] and row["imported"] else 0
    return FileReport(
        row["name"],
        row["service"],
        row["sequence"],
        row["rows"],
        dict(sorted(outcomes.items())),
        companies,
        row["fault_code"],
        row["fault"],
        row["repeats"],
        row["repeated_at"] or (earlier.imported_at if earlier else None),
        earlier.mismatch if earlier else None,
    )


def _json_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
