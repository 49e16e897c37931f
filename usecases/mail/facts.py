"""Facts of a message beside its text: their stored form, and their form for readers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from models.account import Language
from usecases.mail.masking import plain
from usecases.place import place_text
from usecases.texts import moment

FactValue: TypeAlias = str | datetime | Sequence["FactValue"] | Mapping[str, "FactValue"]
Facts: TypeAlias = Mapping[str, FactValue]


class Fact(StrEnum):
    """Names of facts. A value is a text or a moment, or a list of these or of small objects of these."""

    NAME = "name"
    ORGANIZATION = "organization"
    AT = "at"
    DEVICE = "device"
    COUNTRY = "country"
    CITY = "city"
    NEW_EMAIL = "new_email"
    UNTIL = "until"


PLACE = "place"  # made of the country and the city
LABELLED = (Fact.ORGANIZATION, Fact.AT, Fact.DEVICE, PLACE, Fact.NEW_EMAIL)  # each on a line of its own, in this order
_MOMENTS = frozenset({Fact.AT, Fact.UNTIL})
_VALIDATED = frozenset({Fact.NEW_EMAIL})  # an address keeps its @, which is removed from typed text


def stored(value: FactValue) -> Any:
    """Return a value as JSON, with moments in ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: stored(part) for name, part in value.items()}
    return [stored(item) for item in value]


def readable(language: Language, facts: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the lines of each stored fact: one line for each item of a list."""
    lines = {name: _lines(language, name, value) for name, value in facts.items()}
    country, city = (lines.get(part, [""])[0] for part in (Fact.COUNTRY, Fact.CITY))
    # Messages from before places existed hold a network under that name, which tells people nothing.
    lines[PLACE] = [place_text(language, country, city) or ""]
    return lines


def _lines(language: Language, name: str, value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [_line(language, name, item) for item in items]


def _line(language: Language, name: str, value: Any) -> str:
    """Return one value on one line; the parts of an object are formatted by their own names."""
    if isinstance(value, dict):
        return ", ".join(_line(language, part, text) for part, text in value.items())
    if name in _MOMENTS:
        return moment(language, value)
    return value if name in _VALIDATED else plain(value)
