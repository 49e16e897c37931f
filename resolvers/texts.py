"""Texts for people in Finnish, Swedish and English, from the Fluent catalogues under `locales/`."""

from functools import cache
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource

from models.account import Language

LOCALES = Path(__file__).parent.parent / "locales"


@cache
def _catalogue(language: Language) -> FluentBundle:
    bundle = FluentBundle([language.value])
    bundle.add_resource(FluentResource((LOCALES / language.value / "refusals.ftl").read_text(encoding="utf-8")))
    return bundle


def text(language: Language, key: str) -> str:
    """Return the text of that key in that language, else in Finnish; raises LookupError when neither has it."""
    for bundle in (_catalogue(language), _catalogue(Language.FI)):
        pattern = bundle.get_message(key).value if bundle.has_message(key) else None
        if pattern is not None:
            wording, _ = bundle.format_pattern(pattern)
            return str(wording)
    raise LookupError(f"no text for {key!r}; add it to refusals.ftl in each language under locales/")
