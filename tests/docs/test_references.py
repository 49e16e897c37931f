"""README.md and docs/ refer only to existing files, headings, commands, targets of make and settings."""

import re
from dataclasses import fields

import pytest
from typer.testing import CliRunner

from server.cli.main import COMMANDS
from server.cli.parser import parser
from server.config.env import variable_of
from server.config.settings import Settings
from tests.docs.examples import missing_targets
from tests.docs.page import PROJECT, Page, pages

PAGES = {page.name: page for page in pages()}
BY_TESTS = {"OMAPOSTI_TEST_DATABASE_URL"}


@pytest.mark.parametrize("name", PAGES)
def test_relative_links_lead_to_files_and_headings(name: str) -> None:
    assert broken_links(PAGES[name]) == []


def test_broken_links_are_found() -> None:
    page = Page(
        "docs/x.md", '[1](mail.md) [2](mial.md) [3](mail.md#set-up) [4](mail.md#setup) <img src="x.png"> [5](#six)'
    )
    assert broken_links(page) == ["mial.md", "mail.md#setup", "#six", "x.png"]


def test_commands_and_options_in_the_pages_exist() -> None:
    named = {command for page in PAGES.values() for text in code_of(page) for command in commands_in(text)}
    assert "drop report" in named
    assert sorted(command for command in named if not has_command(command)) == []
    assert not has_command("drop rapport")
    assert not has_command("drop import --dry")


def test_targets_of_make_in_the_pages_exist() -> None:
    named = {text for page in PAGES.values() for text in code_of(page) if text.startswith("make ")}
    assert {"make check", "make help"} <= named
    assert missing_targets("\n".join(named)) == []


def test_settings_in_the_pages_exist() -> None:
    named = {name for page in PAGES.values() for name in re.findall(r"\bOMAPOSTI_[A-Z_]*[A-Z]\b", page.text)}
    assert named - {variable_of(setting.name) for setting in fields(Settings)} - BY_TESTS == set()


def broken_links(page: Page) -> list[str]:
    """Return the relative links of the page whose file or heading does not exist."""
    relative = [link for link in page.links if not re.match(r"[a-z]+:", link)]
    return [link for link in relative if not leads_somewhere(page, *link.partition("#")[::2])]


def leads_somewhere(page: Page, path: str, anchor: str) -> bool:
    """Return whether the path, relative to the page, exists and has that heading."""
    target = (PROJECT / page.name).parent / path if path else PROJECT / page.name
    if not anchor:
        return target.exists()
    text = page.text if not path else target.read_text(encoding="utf-8")
    return anchor in Page(path, text).anchors


def code_of(page: Page) -> list[str]:
    """Return the page's code, within sentences and in blocks of shell commands."""
    return [
        *page.code_words,
        *(line for block in page.blocks if block.kind == "sh" for line in block.text.splitlines()),
    ]


def commands_in(text: str) -> list[str]:
    """Return the commands of `omaposti` in the text with their options, a|b as two; arguments are in capitals."""
    found = re.search(r"(?:^|/)omaposti((?: (?:--)?[a-z][a-z|-]*)+)", text)
    first, *more = found[1].split() if found else [""]
    return [" ".join([first, *alternative]) for alternative in _alternatives(more)] if first else []


def _alternatives(words: list[str]) -> list[list[str]]:
    if not words:
        return [[]]
    return [[word, *rest] for word in words[0].split("|") for rest in _alternatives(words[1:])]


def has_command(command: str) -> bool:
    """Return whether the command has a --help that names the options."""
    words = [word for word in command.split() if not word.startswith("--")]
    told = CliRunner().invoke(parser(COMMANDS), [*words, "--help"], env={"COLUMNS": "200"})
    options = set(command.split()) - set(words) - {"--help"}
    return told.exit_code == 0 and options <= set(re.findall(r"--[a-z-]+", told.output))
