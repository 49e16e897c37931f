"""The words of the letters in each language, from `locales/*/letters.ftl`, and moments as people read them."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from models.account import Language

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

LOCALES = Path(__file__).parent.parent.parent / "locales"
HELSINKI = ZoneInfo("Europe/Helsinki")

# With spaces at which no line breaks where a number would stand alone.
_CLOCK = {
    Language.FI: "{0.day}.{0.month}.{0.year} klo\u00a0{0.hour}.{0:%M}",
    Language.SV: "{0.day}.{0.month}.{0.year} kl.\u00a0{0.hour}.{0:%M}",
    Language.EN: "{0.day}\u00a0{0:%B %Y} at\u00a0{0.hour}:{0:%M}",
}


@cache
def _catalogue(language: Language) -> "FluentBundle":
    from fluent.runtime import FluentBundle, FluentResource  # noqa: PLC0415 - two megabytes until there is something to say

    # Without isolating marks: what fills the gaps is free of bidirectional controls, and text parts are read raw.
    bundle = FluentBundle([language.value], use_isolating=False)
    bundle.add_resource(FluentResource((LOCALES / language.value / "letters.ftl").read_text(encoding="utf-8")))
    return bundle


def wording(language: Language, key: str, part: str | None = None, facts: Mapping[str, str] | None = None) -> str:
    """Return the text of that key, or of its part, with the facts in their places.

    Raises LookupError when the catalogue has no such text or a fact is missing, because a letter with a hole in it
    must not be sent.
    """
    bundle = _catalogue(language)
    if not bundle.has_message(key):
        raise LookupError(f"no text {key!r} in letters.ftl of {language.value!r}; add it there")
    message = bundle.get_message(key)
    pattern = message.value if part is None else message.attributes.get(part)
    if pattern is None:
        raise LookupError(f"{key!r} has no {part or 'subject'!r} in letters.ftl of {language.value!r}; add it there")
    text, errors = bundle.format_pattern(pattern, dict(facts or {}))
    if errors:
        raise LookupError(f"{key}.{part} in {language.value!r} asks for what the letter does not know: {errors}")
    return str(text)


def has_part(language: Language, key: str, part: str) -> bool:
    """Return whether a text has that part."""
    return part in _catalogue(language).get_message(key).attributes


def moment(language: Language, text: str) -> str:
    """Return an ISO 8601 moment as it is read in Finland, in that language and with the name of the zone."""
    at = datetime.fromisoformat(text).astimezone(HELSINKI)
    return wording(language, "finnish-time", facts={"time": _CLOCK[language].format(at)})
