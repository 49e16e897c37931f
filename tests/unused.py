"""Unused code: `python -m tests.unused` lists code that only tests refer to, and exits 1.

vulture finds it, configured in [tool.vulture] of pyproject.toml. Fields that a class declares for a library are left
out: columns of a table, fields of an SDL type, members of an enum. Fields of a dataclass count. Declarations of
mutations are left out too, because the root type finds them by their type. Unused imports are left to ruff, because
vulture misses those that only a quoted annotation names.
"""

import ast
import sys
from pathlib import Path

from vulture import Vulture
from vulture.config import make_config
from vulture.core import Item

PROJECT = Path(__file__).parent.parent


def main(root: Path) -> int:
    """Print the unused code of a checkout; return 1 if there is any."""
    found = unused(root)
    for item in found:
        print(f"{item.filename.relative_to(root)}:{item.first_lineno}: {item.typ} {item.name} is used by no code")
    return int(bool(found))


def unused(root: Path) -> list[Item]:
    """Return the unused code of a checkout, by file and line."""
    settings = make_config(["--config", str(PROJECT / "pyproject.toml")])
    vulture = Vulture(ignore_names=settings["ignore_names"], ignore_decorators=settings["ignore_decorators"])
    vulture.scavenge([root / path for path in settings["paths"] if (root / path).exists()], settings["exclude"])
    found = [item for item in vulture.get_unused_code() if item.typ != "import"]
    return [item for item in found if item.first_lineno not in declared_lines(item.filename)]


def declared_lines(path: Path) -> set[int]:
    """Return the lines of the fields that classes declare for a library, and of the declarations of mutations."""
    module = ast.parse(path.read_text("utf-8"))
    classes = [node for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
    fields = [field for class_ in classes if not is_dataclass(class_) for field in class_.body]
    mutations = [node for node in module.body if is_mutation(node)]
    return {node.lineno for node in (*fields, *mutations) if isinstance(node, ast.Assign | ast.AnnAssign)}


def is_mutation(node: ast.stmt) -> bool:
    """Return whether a statement declares a mutation."""
    return isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Mutation(")


def is_dataclass(class_: ast.ClassDef) -> bool:
    """Return whether a class is decorated as a dataclass."""
    return any("dataclass" in ast.unparse(decorator) for decorator in class_.decorator_list)


if __name__ == "__main__":
    sys.exit(main(PROJECT))
