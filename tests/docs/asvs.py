"""Reads docs/asvs.csv."""

import csv
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
NOT_SHOWN = "not shown yet: "


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of OWASP ASVS 5.0.0 and its implementation; `how` gives the reason if it does not apply."""

    id: str
    level: str
    requirement: str
    applies: str
    how: str
    test: str

    @property
    def number(self) -> tuple[int, ...]:
        """Return chapter, section and number, for sorting."""
        return tuple(int(part) for part in self.id.removeprefix("V").split("."))

    @property
    def tests(self) -> list[str]:
        """Return the tests of the requirement, as `path::name`."""
        return self.test.split(";") if self.test else []


def requirements() -> list[Requirement]:
    """Return every row."""
    with (PROJECT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return [Requirement(**row) for row in csv.DictReader(file)]
