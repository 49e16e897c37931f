"""Texts for people in Finnish, Swedish and English, from the Fluent catalogues under `locales/`."""

from functools import cache
from pathlib import Path

from fluent.runtime import FluentLocalization, FluentResourceLoader

from models.account import Language

LOCALES = Path(__file__).parent.parent / "locales"


@cache
def _catalogue(language: Language) -> FluentLocalization:
    """Return the texts of a language, with Finnish where one is missing."""
    loader = FluentResourceLoader(str(LOCALES / "{locale}"))
    return FluentLocalization([language.value, Language.FI.value], ["refusals.ftl"], loader)


def text(language: Language, key: str) -> str:
    """Return the text of that key; raises KeyError when no catalogue has it."""
    wording: str = _catalogue(language).format_value(key)
    if wording == key:
        raise KeyError(f"no text for {key!r} in locales/; add it to refusals.ftl in each language")
    return wording
