"""`omaposti config show` prints every setting with its source and without secrets; a misspelt name is corrected."""

import json
import os
import re
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from server.config.env import misspelt, read_settings, variable_of
from server.config.settings import Settings
from tests.server.cli import command_line

PROJECT = Path(__file__).parents[3]
SET = {
    "DATABASE_URL": "postgresql://me:bird@cage.example/d?sslmode=require&password=nest",
    "OMAPOSTI_SMTP_URL": "smtps://me:bird@cage.example",
    "OMAPOSTI_RATE_LIMIT_URL": "redis://:b@ir#d@cage.example/0",
    "OMAPOSTI_DEMO": "1",
    "OMAPOSTI_LIMITS": '{"depth": 7}',
    "OMAPOSTI_TRUSTED_PROXIES": '["10.0.0.0/8"]',
}


def omaposti(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command with these settings and no others."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("OMAPOSTI_", "DATABASE_URL"))}
    return command_line.omaposti(*arguments, environment=others | settings)


def test_every_setting_is_shown_with_its_source() -> None:
    shown = json.loads(omaposti("config", "show", "--json", **SET).stdout)
    assert list(shown) == [variable_of(setting.name) for setting in fields(Settings)]
    assert {name for name in shown if shown[name]["from"] == "environment"} == set(SET)
    assert shown["OMAPOSTI_DEMO"] == {"value": True, "from": "environment"}
    assert shown["OMAPOSTI_LIMITS"]["value"]["depth"] == 7
    assert shown["OMAPOSTI_POOL_SIZE"] == {"value": 10, "from": "default"}
    assert shown["OMAPOSTI_PUBLIC_URL"] == {"value": None, "from": "default"}


@pytest.mark.parametrize("form", [["--json"], []])
def test_no_password_is_shown(form: list[str]) -> None:
    said = omaposti("config", "show", *form, **SET)
    assert said.returncode == 0
    for secret in ("bird", "nest", "ir#d"):
        assert secret not in said.stdout
    assert "postgresql://me:***@cage.example/d?sslmode=require&password=***" in said.stdout
    assert "redis://:***@cage.example/0" in said.stdout


def test_shown_values_can_be_set_again() -> None:
    lines = omaposti("config", "show", OMAPOSTI_LIMITS='{"depth": 7}', OMAPOSTI_GRAPHIQL="1").stdout.splitlines()
    assert "OMAPOSTI_PUBLIC_URL\t(not set)" in lines
    shown = dict(line.partition("\t")[0].split("=", 1) for line in lines if "=" in line.partition("\t")[0])
    assert read_settings(shown) == read_settings({"OMAPOSTI_LIMITS": '{"depth": 7}', "OMAPOSTI_GRAPHIQL": "1"})


def test_wrong_setting_stops_config_show() -> None:
    said = omaposti("config", "show", OMAPOSTI_PORT="eighty")
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("omaposti: a setting is wrong: OMAPOSTI_PORT: write a port")


def test_the_version_is_the_package_s() -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    assert omaposti("--version").stdout == f"omaposti {version}\n"


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("OMAPOSTI_PROT", "OMAPOSTI_PORT"),
        ("OMAPOSTI_LOGFORMAT", "OMAPOSTI_LOG_FORMAT"),
        ("OMAPOSTI_DATABASE_URL", "DATABASE_URL"),
        ("omaposti_smtp_url", "OMAPOSTI_SMTP_URL"),
        ("OMA_POSTI_PORT", "OMAPOSTI_PORT"),
    ],
)
def test_a_misspelt_name_is_corrected(name: str, nearest: str) -> None:
    assert misspelt({name: "1", "PORT": "1"}) == [f"{name} is no setting and changes nothing; did you mean {nearest}?"]


def test_unknown_name_refers_to_the_document() -> None:
    (line,) = misspelt({"OMAPOSTI_XYZZY\n": "1"})
    assert line == r"'OMAPOSTI_XYZZY\n' is no setting and changes nothing; docs/settings.md lists the settings"


def test_known_and_foreign_names_cause_no_warning() -> None:
    right = dict.fromkeys([variable_of(setting.name) for setting in fields(Settings)], "")
    assert misspelt(right | {"OMAPOSTI_TEST_DATABASE_URL": "", "PORT": "", "DATABASE_URI": ""}) == []


def test_every_command_warns_of_a_misspelt_name_and_goes_on() -> None:
    for arguments in (["config", "show"], ["schema", "print"], ["--help"]):
        said = omaposti(*arguments, OMAPOSTI_PROT="1")
        assert said.returncode == 0
        assert said.stderr == "omaposti: OMAPOSTI_PROT is no setting and changes nothing; did you mean OMAPOSTI_PORT?\n"
    said = omaposti("serve", OMAPOSTI_PROT="1", OMAPOSTI_PORT="x")
    assert re.match(r"omaposti: OMAPOSTI_PROT .*\nomaposti: a setting is wrong: OMAPOSTI_PORT", said.stderr)
