"""Texts for people in Finnish, Swedish and English, from the Fluent catalogues under `locales/`.

`text` is for answers and the history of an account: short texts with all languages in one file, one entry each.
`wording` is for messages, with a file for each language. One key may stand in both.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from models.account import Language

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle
    from fluent.syntax.ast import Resource

LOCALES = Path(__file__).parents[1] / "locales"
HELSINKI = ZoneInfo("Europe/Helsinki")

CATALOGUES = ("refusals.ftl", "audit.ftl")  # of answers

# No-break spaces, so that no line breaks between a number and its neighbour.
_CLOCK = {
    Language.FI: "{0.day}.{0.month}.{0.year} klo\u00a0{0.hour}.{0:%M}",
    Language.SV: "{0.day}.{0.month}.{0.year} kl.\u00a0{0.hour}.{0:%M}",
    Language.EN: "{0.day}\u00a0{0:%B %Y} at\u00a0{0.hour}:{0:%M}",
}


def text(language: Language, key: str, facts: Mapping[str, str | int] | None = None) -> str:
    """Return the text of that key in that language, else in Finnish; raises LookupError if neither has it.

    `facts` are the variables of the text: `{ $organizations }`; `until` is an ISO 8601 moment. A missing fact leaves a
    gap, because an answer with a gap tells more than a server error.
    """
    readable = {name: moment(language, str(fact)) if name == "until" else fact for name, fact in (facts or {}).items()}
    for tried in (language, Language.FI):
        bundle = _answers(tried)
        pattern = bundle.get_message(key).attributes.get(tried.value) if bundle.has_message(key) else None
        if pattern is not None:
            formatted, _ = bundle.format_pattern(pattern, readable)
            return str(formatted)
    raise LookupError(f"no text for {key!r}; add it to one of the catalogues under locales/, in each language")


def has_text(key: str) -> bool:
    """Return whether a text of that key exists."""
    return _answers(Language.FI).has_message(key)


def wording(language: Language, key: str, part: str | None = None, facts: Mapping[str, str] | None = None) -> str:
    """Return the text of that key, or of its part, in `messages.ftl` of that language.

    Raises LookupError if the catalogue has no such text or a fact is missing, because a message with a gap must not be
    sent.
    """
    bundle = _messages(language)
    if not bundle.has_message(key):
        raise LookupError(f"no text {key!r} in messages.ftl of {language.value!r}; add it there")
    message = bundle.get_message(key)
    pattern = message.value if part is None else message.attributes.get(part)
    if pattern is None:
        raise LookupError(f"{key!r} has no {part or 'subject'!r} in messages.ftl of {language.value!r}; add it there")
    formatted, errors = bundle.format_pattern(pattern, dict(facts or {}))
    if errors:
        raise LookupError(f"{key}.{part} in {language.value!r} asks for a fact that the message lacks: {errors}")
    return str(formatted)


def has_part(language: Language, key: str, part: str) -> bool:
    """Return whether the text of a message has that part."""
    return part in _messages(language).get_message(key).attributes


def moment(language: Language, at: str) -> str:
    """Return an ISO 8601 moment as people in Finland read it, in that language and with the name of the zone."""
    local = datetime.fromisoformat(at).astimezone(HELSINKI)
    return wording(language, "finnish-time", facts={"time": _CLOCK[language].format(local)})


@cache
def _answers(language: Language) -> "FluentBundle":
    return _bundle(language, *_resources(*CATALOGUES))


@cache
def _messages(language: Language) -> "FluentBundle":
    return _bundle(language, *_resources(f"{language.value}/messages.ftl"))


@cache
def _resources(*names: str) -> "list[Resource]":
    from fluent.runtime import FluentResource  # noqa: PLC0415 - two megabytes, loaded with the first text

    return [FluentResource((LOCALES / name).read_text(encoding="utf-8")) for name in names]


def _bundle(language: Language, *resources: "Resource") -> "FluentBundle":
    from fluent.runtime import FluentBundle  # noqa: PLC0415 - as above

    # No isolating marks: names hold no bidirectional controls (models/values/text.py), and mail would show the marks.
    bundle = FluentBundle([language.value], use_isolating=False)
    for resource in resources:
        bundle.add_resource(resource)
    return bundle
