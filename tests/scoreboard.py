"""Scoreboard of replayed faults of other systems, written to docs/scoreboard.md by `make scoreboard`."""

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "scoreboard.md"
CLIENTS = "tests/server/http/test_reference_clients.py"
MATRIX = "tests/schema/declare/test_permissions.py"
STATEMENTS = "tests/schema/engine/test_statements.py"
CARRIED = re.compile(r"test((?:_b\d\d)+)_")


@dataclass
class Item:
    """A fault of the catalogue, its tests and, after a run, their results."""

    id: str
    source: str
    symptom: str
    applies: str
    tests: list[str] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)

    @property
    def standing(self) -> str:
        """Return the status; open means applicable without a test, which does not count as replayed."""
        if not self.applies.startswith("yes"):
            return self.applies
        if not self.tests:
            return "open"
        if not self.results:
            return "replayed"
        return "passed" if set(self.results.values()) == {"passed"} else "NOT passed"


def main() -> int:
    """Write the page; return 1 when a test failed."""
    arguments = asked()
    collected = collect()
    items = bug_log(collected)
    if arguments.run:
        run(items)
    if arguments.json:
        print(json.dumps({"bugLog": [asdict(item) | {"standing": item.standing} for item in items]}))
    else:
        PAGE.write_text(page(items, collected))
        print(f"Written: {PAGE.relative_to(ROOT)}")
    return int(any(item.standing == "NOT passed" for item in items))


def asked() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", action="store_true", help="run the tests too, long ones included")
    parser.add_argument("--json", action="store_true", help="print for machines, write no page")
    return parser.parse_args()


def collect() -> list[str]:
    """Return every test with its cases, including the long ones."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-n", "0", "-m", "", "tests"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if told.returncode:
        raise SystemExit(
            f"The tests cannot be collected; put this right first:\n{told.stdout[-2000:]}{told.stderr[-2000:]}"
        )
    return [line for line in told.stdout.splitlines() if line.startswith("tests/") and "::" in line]


def bug_log(collected: list[str]) -> list[Item]:
    """Return the catalogue, each item with its tests."""
    with (ROOT / "tests" / "bug_log" / "catalogue.csv").open(newline="") as catalogue:
        items = [Item(row["id"], row["source"], row["symptom"], row["applies"]) for row in csv.DictReader(catalogue)]
    tests = list(dict.fromkeys(case.split("[")[0] for case in collected))
    for item in items:
        item.tests = [test for test in tests if item.id in carried_by(test)]
    return items


def carried_by(test: str) -> list[str]:
    """Return the items in a test's name: test_b34_b28_… has two."""
    named = CARRIED.match(test.rsplit("::", 1)[-1])
    return [number.upper() for number in named[1].strip("_").split("_")] if named else []


def run(items: list[Item]) -> None:
    """Run the tests of the items, with progress on the screen, and record their results."""
    tests = sorted({test for item in items for test in item.tests})
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        command = [sys.executable, "-m", "pytest", "-n", "2", "-m", "", f"--junitxml={report.name}", *tests]
        subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)
        ended = endings(ET.parse(report.name))  # noqa: S314  our own pytest wrote it
    for item in items:
        item.results = {test: ended.get(test, "missing") for test in item.tests}


def endings(report: "ET.ElementTree[ET.Element]") -> dict[str, str]:
    """Return the result of each test: the worst of its cases."""
    worst: dict[str, str] = {}
    for case in report.iter("testcase"):
        test = f"{case.attrib['classname'].replace('.', '/')}.py::{case.attrib['name'].split('[')[0]}"
        ended = next((child.tag for child in case if child.tag in {"failure", "error", "skipped"}), "passed")
        worst[test] = ended if worst.get(test, "passed") == "passed" else worst[test]
    return worst


def page(items: list[Item], collected: list[str]) -> str:
    """Return the page as Markdown."""
    applying = [item for item in items if item.applies.startswith("yes")]
    replayed = [item for item in applying if item.tests]
    lines = [
        "# Scoreboard",
        "",
        "This page lists known bugs of other systems with the tests that replay them here. `make scoreboard`",
        "generates it from `tests/bug_log/catalogue.csv`.",
        "",
        f"{len(items)} bugs, of which {len(applying)} apply, and {len(replayed)} of these are replayed.",
        "",
        "| bug | source | symptom | status | tests |",
        "|---|---|---|---|---|",
        *(f"| {i.id} | {i.source} | {i.symptom} | {i.standing} | {' '.join(map(linked, i.tests))} |" for i in items),
        "",
        "## Faults",
        "",
        "| fault | tests, at a smaller scale than the fault in full |",
        "|---|---|",
        *faults(),
        "",
        "## Other figures",
        "",
        *figures(collected),
    ]
    return "\n".join(lines) + "\n"


def linked(test: str) -> str:
    """Return a test's name as a link to its file."""
    path, name = test.split("::", 1)
    return f"[{name}](../{path})"


def faults() -> list[str]:
    """Return a row for each fault; faults without a test are marked."""
    with (ROOT / "tests" / "bug_log" / "faults.csv").open(newline="") as rows:
        return [f"| {row['id']} {row['fault']} | {row['test'] or 'no test yet'} |" for row in csv.DictReader(rows)]


def figures(collected: list[str]) -> list[str]:
    """Return further figures that need no test run."""
    cases = Counter(case.split("::")[0] for case in collected)
    sockets = sum(count for path, count in cases.items() if path.startswith("tests/server/test_websocket"))
    with (ROOT / "docs" / "asvs.csv").open(newline="") as rows:
        applying = [row for row in csv.DictReader(rows) if row["applies"] == "yes"]
    named = sum(bool(row["test"]) for row in applying)
    return [
        f"- GraphQL over HTTP and reference clients, if Node is installed: {cases[CLIENTS]} tests in {CLIENTS}",
        f"- WebSocket: {sockets} cases in tests/server/test_websocket*.py",
        f"- Permission matrix: {cases[MATRIX]} cases in {MATRIX}",
        f"- Statements per operation: {cases[STATEMENTS]} cases in {STATEMENTS}",
        f"- ASVS 5.0: {named} of {len(applying)} requirements that apply name a test (docs/asvs.csv)",
        "- Most expensive accepted document: [decision 17](decisions/0017-cost-of-a-request.md), by `make bench-worst`",
    ]


if __name__ == "__main__":
    sys.exit(main())
