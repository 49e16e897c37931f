"""A server loads what serving takes and nothing else: each megabyte and tenth of a second is paid at every start."""

import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory

from server.cli import COMMANDS
from server.revision import MIGRATIONS, newest_revision

OF_OTHERS = [
    "alembic",
    "server.demonstration",
    "usecases.drop.import_drop",
    "redis",
    "aiosmtplib",
    "jinja2",
    "server.worker",
]


def said(program: str, *arguments: str) -> str:
    """Return what a Python program of its own process prints."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_serving_loads_nothing_that_only_others_need() -> None:
    program = "import sys, server.serve_command; print(*(name for name in sys.argv[1:] if name in sys.modules))"
    assert said(program, "server.app", *OF_OTHERS).split() == ["server.app"]


def test_the_newest_revision_is_known_without_what_runs_the_migrations() -> None:
    assert newest_revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


@pytest.mark.parametrize("arguments", [["--help"], []], ids=["asked for", "given with no command"])
def test_the_help_names_every_command(arguments: list[str]) -> None:
    program = "import sys; from server.cli import run\ntry: run()\nexcept SystemExit: pass"
    text = said(program, *arguments)
    assert [name for name in COMMANDS if f" {name} " in text] == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    text = said("from server.cli import run; run()", name, "--help")
    assert f" {name} " in text
    assert "Usage" in text
