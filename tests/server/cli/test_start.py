"""A server loads only the modules it needs: others cost memory and time at every start."""

import os
import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory

from server.cli.main import COMMANDS
from server.db.revision import MIGRATIONS, newest_revision

OF_OTHERS = [
    "alembic",
    "server.dev.demo",
    "usecases.drop.import_drop",
    "redis",
    "aiosmtplib",
    "jinja2",
    "server.mail.worker",
    "pygments",
    "pydantic",
    "typer",
    "fluent.runtime",
    "phonenumbers",
    "passlib.handlers",
    "zxcvbn_rs_py",
    "email.headerregistry",
]


def said(program: str, *arguments: str, **settings: str) -> str:
    """Return the output of a Python program in its own process."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | settings).stdout


def test_serving_loads_no_modules_of_other_commands() -> None:
    program = """import sys; from server.cli.main import run
modules, sys.argv[1:] = sys.argv[1:], ["serve"]
try: run()
except SystemExit: print("loaded:", *(name for name in modules if name in sys.modules))"""
    text = said(program, "server.app", *OF_OTHERS, OMAPOSTI_PORT="none, so that it stops when all is loaded")
    assert text == "loaded: server.app\n"


def test_newest_revision_is_known_without_alembic() -> None:
    assert newest_revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def test_the_help_names_every_command() -> None:
    text = said("from server.cli.main import run; run()", "--help")
    assert [name for name in COMMANDS if f" {name} " in text] == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    text = said("from server.cli.main import run; run()", name, "--help")
    assert f" {name} " in text
    assert "Usage" in text
