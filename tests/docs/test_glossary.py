"""Texts for people use the terms of docs/glossary.md and no synonyms."""

import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Attribute, Message, Pattern, TextElement
from fluent.syntax.visitor import Visitor

from models.account import Language
from usecases.texts import CATALOGUES

PROJECT = Path(__file__).parents[2]
GLOSSARY = PROJECT / "docs" / "glossary.md"
COLUMNS = {Language.FI: 1, Language.SV: 2, Language.EN: 3}
# The Finnish term for an old code contains a word that is otherwise forbidden.
OLD_CODE = re.compile(r"\bvanh\w+ tunnu\w+", re.IGNORECASE)
ANNOUNCED = {Language.FI: "käyttäjätunnus", Language.SV: "användarkod", Language.EN: "user ID"}


def rows() -> list[list[str]]:
    """Return the rows of the glossary, each as its seven cells."""
    lines = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def forbidden(language: Language) -> list[str]:
    """Return the forbidden words and prefixes of a language."""
    cells = [row[COLUMNS[language] + 3] for row in rows()]
    return [word.strip() for cell in cells for word in cell.split(",") if word.strip()]


class _Texts(Visitor):
    """Texts of a catalogue by key, without placeables."""

    def __init__(self) -> None:
        self.key = ""
        self.found: dict[str, str] = {}

    def visit_Message(self, node: Message) -> None:  # noqa: N802 - the visitor's own names
        self.key = node.id.name
        self.generic_visit(node)

    def visit_Attribute(self, node: Attribute) -> None:  # noqa: N802
        key, self.key = self.key, f"{self.key}.{node.id.name}"
        self.generic_visit(node)
        self.key = key

    def visit_Pattern(self, node: Pattern) -> None:  # noqa: N802
        self.found[self.key] = "".join(e.value if isinstance(e, TextElement) else " " for e in node.elements)


def texts(language: Language) -> dict[str, str]:
    """Return every text of a language by the key of its message and part."""
    folder = PROJECT / "locales"
    beside_others = {key: text for name in CATALOGUES for key, text in _found(folder / name).items()}
    own = {key: text for key, text in beside_others.items() if key.endswith(f".{language}")}
    assert len(own) * len(Language) == len(beside_others)
    return _found(folder / language / "messages.ftl") | own


def _found(catalogue: Path) -> dict[str, str]:
    visitor = _Texts()
    visitor.visit(FluentParser().parse(catalogue.read_text(encoding="utf-8")))
    return visitor.found


def matching(word: str) -> re.Pattern[str]:
    """Return a pattern for a word, or for words with that prefix; e-mail is one word."""
    ending = r"[\w-]*" if word.endswith("*") else ""
    return re.compile(rf"(?<![\w-]){re.escape(word.rstrip('*'))}{ending}(?![\w-])", re.IGNORECASE)


def test_glossary_has_the_sixty_terms_in_seven_columns() -> None:
    assert len(rows()) >= 60
    assert {len(row) for row in rows()} == {7}
    assert all(row[column] for row in rows() for column in range(4))
    assert len({row[0] for row in rows()}) == len(rows())


@pytest.mark.parametrize("language", Language)
def test_texts_use_no_synonym_of_a_term(language: Language) -> None:
    faults = [
        f"{key}: {word}"
        for key, text in texts(language).items()
        for word in forbidden(language)
        if matching(word).search(OLD_CODE.sub("", text).replace(ANNOUNCED[language], ""))
    ]
    assert faults == []


@pytest.mark.parametrize("language", Language)
def test_the_announced_name_stands_once_where_the_account_begins(language: Language) -> None:
    telling = {key: text.count(ANNOUNCED[language]) for key, text in texts(language).items()}
    assert {key: count for key, count in telling.items() if count} == {"SIGN_UP_CONFIRM.lead": 1}


@pytest.mark.parametrize("language", Language)
def test_terms_of_the_glossary_do_not_forbid_each_other(language: Language) -> None:
    terms = [term.strip() for row in rows()[2:] for term in row[COLUMNS[language]].split(",")]
    clean = [OLD_CODE.sub("", term) for term in terms]
    assert [(term, word) for term in clean for word in forbidden(language) if matching(word).fullmatch(term)] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.FI, "Käyttäjätunnuksesi suljettiin."),
        (Language.SV, "Din användarkod stängdes."),
        (Language.EN, "We sent you a mail."),
        (Language.EN, "The Verification Code is wrong."),
    ],
)
def test_a_forbidden_word_is_found_in_any_form(language: Language, text: str) -> None:
    assert [word for word in forbidden(language) if matching(word).search(text)]
