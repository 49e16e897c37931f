"""Whatever can stand in a person's history has words in each language; a new deed without any fails here."""

import ast
import inspect
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message

import usecases
from models.account import Language
from usecases.texts import LOCALES, text

SOURCES = sorted(Path(inspect.getfile(usecases)).parents[1].glob("usecases/**/*.py"))
RESOLVERS = sorted(Path(inspect.getfile(usecases)).parents[1].glob("resolvers/*.py"))
# What is done to files, old codes and organizations is in no person's history.
NOT_OF_ACCOUNTS = {"drop.fileImport", "drop.fileRefuse", "legacyCode.import", "organization.import"}


def actions(paths: list[Path], function: str, place: int) -> set[str]:
    """Return the names of deeds at that place in the calls of a function."""
    calls = [
        node
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function
    ]
    given = [node for call in calls if len(call.args) > place for node in ast.walk(call.args[place])]
    values = {str(node.value) for node in given if isinstance(node, ast.Constant)}
    return {value for value in values if "." in value}


DONE = actions([*SOURCES, *RESOLVERS], "Deed", 0) | actions(SOURCES, "Entry", 0)
ATTEMPTED = actions(RESOLVERS, "attempt", 1)
KEYS = sorted(
    [f"audit-{action.replace('.', '-')}" for action in (DONE | ATTEMPTED) - NOT_OF_ACCOUNTS]
    + [f"audit-{action.replace('.', '-')}-refused" for action in ATTEMPTED]
)


def test_the_actions_are_found() -> None:
    assert {"session.signIn", "profile.update", "account.close", "account.erase", "account.import"} <= DONE
    assert {"session.signIn", "profile.update", "account.close", "account.closeUndo"} <= ATTEMPTED


@pytest.mark.parametrize("key", KEYS)
def test_every_deed_has_its_own_words_in_each_language(key: str) -> None:
    texts = {text(language, key) for language in Language}
    assert len(texts) == len(Language)
    assert all(wording.endswith(".") for wording in texts)


@pytest.mark.parametrize("language", Language)
def test_each_catalogue_has_the_same_keys_each_once(language: Language) -> None:
    found = keys(language)
    assert len(found) == len(set(found))
    assert set(found) == set(keys(Language.FI))


def keys(language: Language) -> list[str]:
    source = (LOCALES / language / "audit.ftl").read_text(encoding="utf-8")
    return [entry.id.name for entry in FluentParser().parse(source).body if isinstance(entry, Message)]
