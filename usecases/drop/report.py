"""What became of a drop: each row's outcome, and the reconciliation in which what came in equals what it ended in."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.drop import Outcome
from usecases.drop.batches import BATCH, Connection
from usecases.drop.facts import Row
from usecases.drop.row_report import row_report

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
SELECT f.name, s.code AS service, f.sequence, f.rows, f.fault_code, f.fault, f.repeats_file_id IS NOT NULL AS repeats,
    f.current_at IS NOT NULL AS imported,
    f.format = 'prh-company-jsonl-3' AS is_register,
    (SELECT coalesce(jsonb_object_agg(o.outcome, o.count), '{}') FROM (
        SELECT outcome, count(*) FROM drop_rows WHERE file_id = f.id AND outcome IS NOT NULL GROUP BY outcome
    ) AS o)::text AS outcomes
FROM drop_files AS f LEFT JOIN services AS s ON s.id = f.service_id
WHERE f.drop_id = $1 ORDER BY f.position
"""
_DROPS = "SELECT id, produced_at, begun_at, completed_at FROM drops ORDER BY id"


@dataclass(frozen=True, slots=True)
class FileReport:
    """One line of the reconciliation; `companies` are the rows of a register that were taken over."""

    name: str
    service: str | None
    sequence: int
    rows: int
    outcomes: dict[str, int]
    companies: int
    fault_code: str | None
    fault: str | None
    is_repeat: bool

    @property
    def adds_up(self) -> bool:
        """Tell whether every row that came in is in exactly one bucket; one in none is a defect."""
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
        return counts


class DropReport:
    """The report of one drop, readable while the connection of its import is lent."""

    def __init__(self, connection: Connection, drop_id: UUID, unlisted: Iterable[str] = ()) -> None:
        self._connection, self._drop_id, self.unlisted = connection, drop_id, list(unlisted)

    async def rows(self, outcome: Outcome | None = None) -> AsyncIterator[dict[str, Any]]:
        """Yield what became of each row, in the order of the manifest and of the rows; only one outcome if asked."""
        after = (-1, 0)
        while found := await self._connection.fetch(_ROWS, self._drop_id, *after, BATCH, outcome):
            for row in found:
                yield row_report(row)
            after = (found[-1]["position"], found[-1]["row"])

    async def files(self) -> list[FileReport]:
        """Return the reconciliation, file by file in the order of the manifest."""
        found = await self._connection.fetch(_FILES, self._drop_id)
        return [_file_report(row, json.loads(row["outcomes"])) for row in found]

    async def summary(self) -> dict[str, Any]:
        """Return the totals and each file's."""
        files = await self.files()
        totals: Counter[str] = Counter()
        for file in files:
            totals.update(file.outcomes)
        return {
            "rows": sum(file.rows for file in files),
            "companies": sum(file.companies for file in files),
            "outcomes": dict(sorted(totals.items())),
            "files": [file.as_json() for file in files],
            "unlisted": self.unlisted,
        }


async def all_drops(connection: Connection) -> list[tuple[datetime, DropReport]]:
    """Return the report of every drop with the time it was produced at, the earliest entered first."""
    return [(row["produced_at"], DropReport(connection, row["id"])) for row in await connection.fetch(_DROPS)]


def _file_report(row: Row, outcomes: dict[str, int]) -> FileReport:
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
    )
