"""Every installed package is listed, pinned and bound to its hash (ASVS V15.1.2)."""

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==[0-9][^ ;]*( ; [^\\]+)? \\$")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_line_of_a_lock_pins_a_package_or_is_one_of_its_hashes(name: str) -> None:
    lines = (PROJECT / name).read_text("utf-8").splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert PINNED.match(line) or re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line), line
        assert not PINNED.match(line) or following.startswith("    --hash=sha256:"), line


def test_required_packages_are_in_the_lock() -> None:
    asked = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    lines = (PROJECT / "requirements.lock").read_text("utf-8").splitlines()
    locked = {found[1] for line in lines if (found := PINNED.match(line))}
    assert {re.split(r"[^a-z0-9.-]", name)[0] for name in asked} <= locked
