"""Texts for people in Finnish, Swedish and English, from the Fluent catalogues under `locales/`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from models.account import Language
from usecases.mail.wording import moment

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

LOCALES = Path(__file__).parents[2] / "locales"

_CATALOGUES = ("refusals.ftl", "audit.ftl")


@cache
def _catalogue(language: Language) -> "FluentBundle":
    from fluent.runtime import FluentBundle, FluentResource  # noqa: PLC0415 - two megabytes until there is something to say

    # Names that are put into a text cannot turn its direction (models/values/text.py), so that nothing need fence them.
    bundle = FluentBundle([language.value], use_isolating=False)
    for name in _CATALOGUES:
        bundle.add_resource(FluentResource((LOCALES / language.value / name).read_text(encoding="utf-8")))
    return bundle


def text(language: Language, key: str, facts: Mapping[str, str | int] | None = None) -> str:
    """Return the text of that key in that language, else in Finnish; raises LookupError when neither has it.

    `facts` are what the text names: `{ $organizations }`; `until` is an ISO 8601 moment, told as people read it.
    """
    readable = {name: moment(language, str(fact)) if name == "until" else fact for name, fact in (facts or {}).items()}
    for bundle in (_catalogue(language), _catalogue(Language.FI)):
        pattern = bundle.get_message(key).value if bundle.has_message(key) else None
        if pattern is not None:
            wording, _ = bundle.format_pattern(pattern, readable)
            return str(wording)
    raise LookupError(f"no text for {key!r}; add it to refusals.ftl in each language under locales/")


def has_text(key: str) -> bool:
    """Return whether there is a text of that key; the Finnish catalogue has them all."""
    return _catalogue(Language.FI).has_message(key)
