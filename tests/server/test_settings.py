"""Every setting is documented, and nothing else is; a wrong one is named."""

import re
from pathlib import Path

import pytest
from pydantic import AliasChoices

from server.command import clear_failures
from server.settings import Settings

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "settings.md"


def variables() -> dict[str, object]:
    """Return each setting's variable and its default."""
    found: dict[str, object] = {}
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        variable = str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"OMAPOSTI_{name.upper()}"
        found[variable] = field.default
    return found


def test_every_setting_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    documented = dict(rows)
    assert set(documented) == set(variables())
    for variable, default in variables().items():
        if isinstance(default, bool):
            assert documented[variable] == f"`{int(default)}`"
        elif isinstance(default, int | float | str | Path):
            assert documented[variable] in {f"`{default}`", f"`{default:g}`" if isinstance(default, float) else ""}


def test_a_wrong_setting_is_named_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMAPOSTI_PORT", "eighty")
    with pytest.raises(SystemExit) as stopped, clear_failures():
        Settings()
    assert re.fullmatch(r"omaposti: a setting is wrong: PORT: .*; see docs/settings.md", str(stopped.value))
