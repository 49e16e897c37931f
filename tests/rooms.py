"""Counts rooms, arrows, floors and circles: `python -m tests.rooms [--json] [CHECKOUT]`; exits 1 if there is a circle.

A room is a direct child of a folder, a module or a package. An arrow leads from a room to another that it imports;
the floors are the rooms on the longest path of arrows. A circle is a set of rooms or modules that reach each other.
Imports within functions and for types count, and strings that name a module: they import it later.
"""

import argparse
import ast
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.util import resolve_name
from pathlib import Path

import grimp

PACKAGES = ("server", "schema", "resolvers", "usecases", "auth", "models")
FOLDERS = ("server", "usecases", "usecases.drop", "schema", "resolvers", "models", "auth")
ROW = "{:15}{:>6}{:>8}{:>8}{:>9}"
Arrows = dict[tuple[str, str], list[str]]  # room, imported room: the imports behind the arrow


@dataclass(frozen=True)
class Layout:
    """The rooms of one folder, the arrows between them, and the circles among these."""

    folder: str
    rooms: list[str]
    arrows: dict[str, list[str]]  # "room -> room": the imports behind it
    floors: int
    circles: list[list[str]]
    closing: list[str]  # the fewest imports of one arrow without which there is no circle


def main() -> int:
    """Print the layouts of a checkout; return 1 if modules or rooms import in a circle."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", nargs="?", type=Path, default=Path(__file__).parent.parent)
    parser.add_argument("--json", action="store_true", help="print for machines, with the imports behind each arrow")
    arguments = parser.parse_args()
    graph = imports(arguments.checkout.resolve())
    layouts = [layout(graph, folder) for folder in FOLDERS if folder in graph.modules]
    modules = circles({module: graph.find_upstream_modules(module) for module in graph.modules})
    if arguments.json:
        print(json.dumps({"layouts": [asdict(one) for one in layouts], "moduleCircles": modules}, indent=1))
    else:
        print(table(layouts, modules))
    return int(any(modules) or any(one.circles for one in layouts))


def imports(root: Path) -> grimp.ImportGraph:
    """Return the graph of imports of a checkout, with those by name."""
    sys.path.insert(0, str(root))
    packages = [package for package in PACKAGES if (root / package / "__init__.py").exists()]
    graph = grimp.build_graph(*packages, cache_dir=None)
    for package in packages:
        for path in (root / package).rglob("*.py"):
            inside = path.parent.relative_to(root).parts
            module = ".".join(inside if path.stem == "__init__" else (*inside, path.stem))
            if module in graph.modules:
                for line, name in named(path.read_text(encoding="utf-8"), package=".".join(inside)):
                    if name in graph.modules - {module}:
                        graph.add_import(importer=module, imported=name, line_number=line, line_contents=f'"{name}"')
    return graph


def named(source: str, package: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each string that may name a module, such as that of `strawberry.lazy(".account")`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="lazy"), args=[ast.Constant(value=str(name)), *_]):
                yield node.lineno, resolve_name(name, package)
            case ast.Constant(value=str(name)) if "." in name:
                yield node.lineno, name


def layout(graph: grimp.ImportGraph, folder: str) -> Layout:
    """Return rooms, arrows, floors and circles of one folder."""
    rooms = graph.find_children(folder)
    room_of = {module: room for room in rooms for module in {room} | graph.find_descendants(room)}
    arrows: Arrows = defaultdict(list)
    for importer, room in sorted(room_of.items()):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            if room_of.get(imported, room) != room:
                arrows[room, room_of[imported]].append(f"{importer} -> {imported}")
    reached = reachable(rooms, set(arrows))
    return Layout(
        folder,
        sorted(rooms),
        {f"{one} -> {other}": behind for (one, other), behind in sorted(arrows.items())},
        max((floor(room, reached) for room in rooms), default=0),
        circles(reached),
        [import_ for circle in circles(reached) for import_ in closing(circle, arrows)],
    )


def reachable(rooms: set[str], arrows: set[tuple[str, str]]) -> dict[str, set[str]]:
    """Return for each room the rooms that arrows lead to, directly or by others."""
    reached = {room: {other for one, other in arrows if one == room} for room in rooms}
    for between in rooms:
        for room in rooms:
            if between in reached[room]:
                reached[room] |= reached[between]
    return reached


def floor(room: str, reached: dict[str, set[str]]) -> int:
    """Return the number of rooms on the longest path from a room; a circle counts as one."""
    below = {other for other in reached[room] if room not in reached[other]}
    return 1 + max((floor(other, reached) for other in below), default=0)


def circles(reached: dict[str, set[str]]) -> list[list[str]]:
    """Return the sets of rooms or modules that reach each other."""
    found = {frozenset({one} | {o for o in others if one in reached[o]}) for one, others in reached.items()}
    return sorted(sorted(circle) for circle in found if len(circle) > 1)


def closing(circle: list[str], arrows: Arrows) -> list[str]:
    """Return the imports of the thinnest arrow without which a circle ends; none if it takes several arrows."""
    inside = {arrow: behind for arrow, behind in arrows.items() if set(arrow) <= set(circle)}
    enough = [inside[arrow] for arrow in inside if not circles(reachable(set(circle), set(inside) - {arrow}))]
    return min(enough, key=len, default=[])


def table(layouts: list[Layout], modules: list[list[str]]) -> str:
    """Return a line for each folder and for each circle."""
    lines, ends = [ROW.format("folder", "rooms", "arrows", "floors", "circles")], []
    for one in layouts:
        lines.append(ROW.format(one.folder, len(one.rooms), len(one.arrows), one.floors, len(one.circles)))
        ends += [f"{one.folder} has a circle of rooms: {', '.join(circle)}" for circle in one.circles]
        ends += [f"  ends without {broken}" for broken in one.closing]
    return "\n".join(lines + ends + [f"circle of modules: {', '.join(circle)}" for circle in modules])


if __name__ == "__main__":
    sys.exit(main())
