"""Unused code is found; declarations that a library reads do not count as unused."""

from pathlib import Path

from tests.unused import unused

SOURCE = """
from dataclasses import dataclass
from enum import StrEnum

DEAD_CONSTANT = 1
LIVE_CONSTANT = 2


class Colour(StrEnum):
    RED = "RED"


@dataclass
class Point:
    dead_field: int
    live_field: int

    def dead_method(self) -> int:
        return self.live_field + LIVE_CONSTANT


def dead_function() -> tuple[type[Colour], type[Point]]:
    return Colour, Point
"""


def test_unused_code_is_found_but_not_members_of_enums(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "points.py").write_text(SOURCE)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_points.py").write_text("from models.points import dead_function\ndead_function()\n")
    assert [item.name for item in unused(tmp_path)] == ["DEAD_CONSTANT", "dead_field", "dead_method", "dead_function"]
