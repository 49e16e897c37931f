"""Every reason has a text in each language; a missing one is noticed here and not by a person."""

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message

import usecases
from models.account import Language
from models.values import text as values_text
from usecases import changes
from usecases.changes import FieldRule
from usecases.texts import CATALOGUES, LOCALES, text

USE_CASES = sorted(Path(inspect.getfile(usecases)).parent.rglob("*.py"))


def arguments(source: str, function: str) -> Iterator[list[ast.expr]]:
    """Yield the positional arguments of every call of a function in a source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
            yield node.args


def constants(source: str, function: str, place: int) -> set[str]:
    """Return the constants at that position in the calls of a function."""
    at_place = [given[place] for given in arguments(source, function) if len(given) > place]
    return {str(argument.value) for argument in at_place if isinstance(argument, ast.Constant)}


def keys_of_use_cases() -> set[str]:
    return {key for path in USE_CASES for key in constants(path.read_text(encoding="utf-8"), "Refusal", 1)}


def field_rules() -> list[FieldRule]:
    """Return the rules by which use cases parse changed fields, found in all their modules."""
    names = [module.name for module in pkgutil.walk_packages(usecases.__path__, "usecases.")]
    tables = [table for name in names for table in vars(import_module(name)).values() if isinstance(table, dict)]
    return [rule for table in tables for rule in table.values() if isinstance(rule, FieldRule)]


def keys_of_changes() -> set[str]:
    """Return the codes of the values in changed fields; the key of a refusal's text is its code."""
    modules: set[ModuleType | None] = {inspect.getmodule(rule.parse) for rule in field_rules()} | {values_text, changes}
    return {key for module in modules if module for key in constants(inspect.getsource(module), "InvalidValue", 0)}


KEYS = sorted(keys_of_use_cases() | keys_of_changes())


def test_scan_finds_keys_of_texts() -> None:
    assert set(KEYS) >= {"SIGN_IN_FAILED", "CHANGED_MEANWHILE", "REQUIRED", "PHONE_SEVERAL", "TEXT_TOO_LONG"}


@pytest.mark.parametrize("key", KEYS)
def test_every_reason_has_its_own_text_in_each_language(key: str) -> None:
    texts = {text(language, key) for language in Language}
    assert len(texts) == len(Language), "a language without the text would repeat the Finnish one"
    for wording in texts:
        assert wording.strip() == wording
        assert wording.endswith("."), "a whole sentence"
        assert key not in wording


@pytest.mark.parametrize("name", CATALOGUES)
def test_each_catalogue_has_every_text_once_in_each_language(name: str) -> None:
    entries = FluentParser().parse((LOCALES / name).read_text(encoding="utf-8")).body
    assert [entry.content for entry in entries if isinstance(entry, Junk)] == []
    messages = [entry for entry in entries if isinstance(entry, Message)]
    keys = [message.id.name for message in messages]
    assert len(keys) == len(set(keys)), "no key stands twice"
    for message in messages:
        languages = [attribute.id.name for attribute in message.attributes]
        assert (languages, message.value) == (["fi", "sv", "en"], None), message.id.name


def test_key_without_a_text_raises_with_the_remedy() -> None:
    with pytest.raises(LookupError, match=r"no text for 'NO_SUCH_KEY'; add it to one of the catalogues under locales/"):
        text(Language.EN, "NO_SUCH_KEY")
