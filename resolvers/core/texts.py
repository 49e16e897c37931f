"""Texts for people in Finnish, Swedish and English, from the Fluent catalogues `locales/*.ftl`.

The languages of a text stand side by side, so that a new text is one entry in one file.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.account import Language
from usecases.mail.wording import moment

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

LOCALES = Path(__file__).parents[2] / "locales"

CATALOGUES = ("refusals.ftl", "audit.ftl")


@cache
def _resources() -> list[Any]:
    from fluent.runtime import FluentResource  # noqa: PLC0415 - two megabytes until there is something to say

    return [FluentResource((LOCALES / name).read_text(encoding="utf-8")) for name in CATALOGUES]


@cache
def _catalogue(language: Language) -> "FluentBundle":
    from fluent.runtime import FluentBundle  # noqa: PLC0415 - as above

    # Names that are put into a text cannot turn its direction (models/values/text.py), so that nothing need fence them.
    bundle = FluentBundle([language.value], use_isolating=False)
    for resource in _resources():
        bundle.add_resource(resource)
    return bundle


def text(language: Language, key: str, facts: Mapping[str, str | int] | None = None) -> str:
    """Return the text of that key in that language, else in Finnish; raises LookupError when neither has it.

    `facts` are what the text names: `{ $organizations }`; `until` is an ISO 8601 moment, told as people read it.
    """
    readable = {name: moment(language, str(fact)) if name == "until" else fact for name, fact in (facts or {}).items()}
    for tried in (language, Language.FI):
        bundle = _catalogue(tried)
        pattern = bundle.get_message(key).attributes.get(tried.value) if bundle.has_message(key) else None
        if pattern is not None:
            wording, _ = bundle.format_pattern(pattern, readable)
            return str(wording)
    raise LookupError(f"no text for {key!r}; add it to one of the catalogues under locales/, in each language")


def has_text(key: str) -> bool:
    """Return whether there is a text of that key."""
    return _catalogue(Language.FI).has_message(key)
