"""People and passphrases for measuring the rule, from the two lists beside this module."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auth.passwords.personal_words import PersonalWords, personal_words
from auth.passwords.rules import SHORTEST
from models.values.diacritics import without_diacritics

DRAWN = 150  # generated passphrases of each language, beside the written ones
SEED = 20200228
SEPARATORS = (" ", " ", "-", ".", "")

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Person:
    """A person with the data of an account: a name, an address made of it, and a company."""

    given: str
    family: str

    @property
    def words(self) -> PersonalWords:
        """Return the personal words that the rule checks."""
        local_part = f"{without_diacritics(self.given)}.{without_diacritics(self.family)}"
        names = [f"{self.given} {self.family}", self.given, self.family, f"Kuljetus {self.family} Oy"]
        return personal_words(f"{local_part}@posti.example", names)


def people() -> list[Person]:
    """Return people who together have every name of the list."""
    sections = _sections("names.txt")
    given, family = (list(dict.fromkeys(" ".join(sections[kind]).split())) for kind in ("given", "family"))
    count = max(len(given), len(family))
    return [Person(given[n % len(given)], family[n % len(family)]) for n in range(count)]


def passphrases() -> list[str]:
    """Return the written passphrases of sufficient length, and as many generated ones; the same at every call."""
    sections = _sections("passphrases.txt")
    written = [line for line in sections["sentences"] if len(line) >= SHORTEST]
    drawn = [phrase for language in ("fi", "sv", "en") for phrase in _drawn(sections[f"words {language}"], language)]
    return list(dict.fromkeys([*written, *drawn]))


def _drawn(lines: list[str], language: str) -> Iterator[str]:
    """Yield passphrases of three to five words, joined as people join words."""
    words, chance = " ".join(lines).split(), random.Random(f"{SEED} {language}")
    yielded = 0
    while yielded < DRAWN:
        chosen = chance.choices(words, k=chance.choice((3, 4, 4, 5)))
        separator = chance.choice(SEPARATORS)
        phrase = separator.join(word if separator else word.capitalize() for word in chosen)
        if len(phrase) >= SHORTEST:
            yielded += 1
            yield phrase


def _sections(name: str) -> dict[str, list[str]]:
    """Return the lines of a list under the heading of each section."""
    sections: dict[str, list[str]] = {}
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return sections
