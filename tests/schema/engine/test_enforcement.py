"""Rules alone decide on access: neither executor reads the viewer's roles itself."""

import re
from pathlib import Path

ENGINE = Path(__file__).parents[3] / "schema" / "engine"
DECIDING = re.compile(r"\.(organizations_with|may_as_staff|roles|staff_roles)\b")


def test_executors_ask_rules_and_never_the_viewer() -> None:
    sources = {path.relative_to(ENGINE): path.read_text(encoding="utf-8") for path in ENGINE.rglob("*.py")}
    assert {str(path): DECIDING.findall(text) for path, text in sources.items() if DECIDING.search(text)} == {}
    assert all(any(f".{asked}" in text for text in sources.values()) for asked in ("allowed_ids(", "allows("))
