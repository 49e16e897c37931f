"""Languages of texts: the three that we write in, and a preference for another one."""

import re
from dataclasses import dataclass

from models.values.placeholder import is_placeholder
from models.values.refusal import InvalidValue
from models.values.text import clean

MAX_LENGTH = 35  # RFC 5646, 4.4.1: room for every registered tag
SUPPORTED = ("fi", "sv", "en")
FALLBACK = "fi"

# Old services wrote ISO 639-2 and -3, names in English, Finnish and Swedish, and the digits of the business register.
_ALIASES = {
    "fi": ("1", "fin", "suo", "suomi", "finska", "finnish"),
    "sv": ("2", "swe", "sve", "ruo", "ruotsi", "svenska", "swedish"),
    "en": ("3", "eng", "englanti", "engelska", "english"),
}
_CANONICAL = {alias: language for language, aliases in _ALIASES.items() for alias in aliases}
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """The language that we write in (`fi`, `sv`, `en`), and the preferred one if it is another."""

    language: str
    preference: str | None = None
    aliased: bool = False
    missing: bool = False


def parse_language(text: str | None) -> LanguageChoice:
    """Return the language of texts; an unsupported one is kept as the preference and texts fall back to Finnish.

    Upper case is not an alias; `FIN`, `1` and `sv-FI` are. Raises `LANGUAGE_INVALID` and the codes of `clean`.
    """
    written = clean(text or "", MAX_LENGTH).lower().replace("_", "-")
    if written in SUPPORTED:
        return LanguageChoice(written)
    if is_placeholder(written):
        return LanguageChoice(FALLBACK, missing=True)
    known = _CANONICAL.get(written) or _CANONICAL.get(written.partition("-")[0], written.partition("-")[0])
    if known in SUPPORTED:
        return LanguageChoice(known, aliased=True)
    if not _TAG.fullmatch(written):
        raise InvalidValue("LANGUAGE_INVALID", "Give a language code: fi, sv or en, or another ISO 639 code.")
    return LanguageChoice(FALLBACK, preference=written)
