"""The table in docs/faults.md of mutations that are sent twice; `python -m tests.faults.sent_twice` writes it."""

import re
from pathlib import Path

from tests.schema.mutations.mutation_cases import AUDITED

PAGE = Path(__file__).parent.parent.parent / "docs" / "faults.md"
HEAD = "| mutation | answer to the second sending |\n|---|---|\n"


def table() -> str:
    rows = []
    for name, case in AUDITED.items():
        answer = " ".join(case.twice) or "done again"
        rows.append(f"| `{name}` | {answer}{': ' + case.note if case.note else ''} |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(re.escape(HEAD) + r"(\| .*\n)+", table(), text), encoding="utf-8")
