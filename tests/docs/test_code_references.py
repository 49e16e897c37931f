"""Files and names of the code that comments, docstrings and documents mention exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name

PROJECT = Path(__file__).parents[2]
FOLDERS = "server|schema|resolvers|usecases|auth|models|tests|bench|docs|locales|samples"
FOLDER = re.compile(rf"`((?:{FOLDERS})/[\w/-]+)`")
FILE = re.compile(rf"(?<![\w/.])((?:{FOLDERS})/[\w/-]+\.(?:py|md|csv|graphql|ftl))(?:::(\w+))?")
NAME = re.compile(r"`((?:server|schema|resolvers|usecases|auth|models|tests)(?:\.\w+)+)`")
SKIPPED = {  # history, and examples of broken references
    "CHANGELOG.md",
    "tests/docs/test_code_references.py",
    "tests/docs/test_references.py",
}


def texts() -> Iterator[tuple[str, str]]:
    """Yield the path and text of each file that refers to code."""
    folders = [PROJECT / folder for folder in FOLDERS.split("|")]
    files = [
        *PROJECT.glob("*.md"),
        *(file for folder in folders for kind in ("py", "md") for file in folder.rglob(f"*.{kind}")),
    ]
    for file in files:
        path = str(file.relative_to(PROJECT))
        if path not in SKIPPED and "node_modules" not in path:
            yield path, file.read_text(encoding="utf-8")


def broken(text: str) -> list[str]:
    """Return the references of a text that do not resolve."""
    files = [match[0] for match in FILE.finditer(text) if not defines(PROJECT / match[1], match[2])]
    files += [match[0] for match in FOLDER.finditer(text) if not (PROJECT / match[1]).exists()]
    return files + [match[0] for match in NAME.finditer(text) if not resolves(match[1])]


def defines(path: Path, name: str | None) -> bool:
    """Return whether a file exists and, if a name is given, defines it."""
    if not path.is_file() or name is None:
        return path.is_file()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return name in named | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def resolves(dotted: str) -> bool:
    """Return whether a dotted name is that of a module or of something in one."""
    try:
        resolve_name(dotted)
    except (ImportError, AttributeError):
        return False
    return True


def test_references_to_the_code_resolve() -> None:
    lost = {path: broken(text) for path, text in texts()}
    assert {path: references for path, references in lost.items() if references} == {}


def test_broken_references_are_found() -> None:
    text = (
        "`schema/gone` and `schema/types`, "
        "see `models.device.device_hash`, models/device.py::Gone, auth/gone.py and `models.device.Device.secret_hash`"
    )
    assert broken(text) == ["models/device.py::Gone", "auth/gone.py", "`schema/gone`", "`models.device.device_hash`"]
