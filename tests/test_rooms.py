"""Rooms, arrows, floors and circles are counted, including late imports."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent


def test_arrows_and_floors_of_a_folder_are_counted(tmp_path: Path) -> None:
    written(tmp_path, {"server/a": "import server.room.b, server.c", "server/room/b": "from server import c"})
    layout = counted(tmp_path, exit_code=0)["layouts"][0]
    assert layout["rooms"] == ["server.a", "server.c", "server.room"]
    assert layout["arrows"] == {
        "server.a -> server.c": ["server.a -> server.c"],
        "server.a -> server.room": ["server.a -> server.room.b"],
        "server.room -> server.c": ["server.room.b -> server.c"],
    }
    assert (layout["floors"], layout["circles"], layout["closing"]) == (3, [], [])


def test_late_imports_close_a_circle(tmp_path: Path) -> None:
    for late in (
        "def f():\n    from server import a",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from server import a",
        "X = strawberry.lazy('.a')",
        "X = {'a': 'server.a'}",
    ):
        written(tmp_path, {"server/a": "import server.c", "server/c": late})
        found = counted(tmp_path, exit_code=1)
        assert (found["layouts"][0]["circles"], found["layouts"][0]["floors"]) == ([["server.a", "server.c"]], 1)
        assert found["moduleCircles"] == [["server.a", "server.c"]]


def test_rooms_in_a_circle_are_found_when_their_modules_are_in_none(tmp_path: Path) -> None:
    written(tmp_path, {"server/a/x": "import server.c", "server/c": "import server.a.y", "server/a/y": ""})
    found = counted(tmp_path, exit_code=1)
    assert found["layouts"][0]["circles"] == [["server.a", "server.c"]]
    assert found["layouts"][0]["closing"] == ["server.a.x -> server.c"]
    assert found["moduleCircles"] == []


def test_table_has_a_line_for_each_folder_of_the_project() -> None:
    ended = run(PROJECT)
    assert [line.split()[0] for line in ended.stdout.splitlines()[:8]] == [
        *("folder", "server", "usecases", "usecases.drop", "schema", "resolvers", "models", "auth")
    ]


def written(root: Path, modules: dict[str, str]) -> None:
    """Write modules, with their packages, below a folder."""
    for name, source in {"server/c": "", **modules}.items():
        path = root / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    for folder in [folder for folder in root.rglob("*") if folder.is_dir()]:
        (folder / "__init__.py").touch()


def counted(root: Path, exit_code: int) -> Any:
    """Return the counts of a checkout."""
    ended = run(root, "--json")
    assert (ended.returncode, ended.stderr) == (exit_code, "")
    return json.loads(ended.stdout)


def run(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a checkout."""
    command = [sys.executable, "-m", "tests.rooms", *options, str(root)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
