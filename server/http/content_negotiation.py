"""Content negotiation: media type of the response and language of its texts (RFC 9110, section 12.5)."""

from functools import lru_cache

from auth.viewer import Viewer
from models.account import Language

JSON = b"application/json"
GRAPHQL_RESPONSE = b"application/graphql-response+json"
_LANGUAGES = {language.value: language for language in Language}  # a lookup costs a fifth of `Language(...)`


@lru_cache(maxsize=256)
def answer_type(accept: str) -> bytes:
    """Return the media type of the response: application/json unless the newer type is weighted at least as high."""
    wishes = _weighted(accept)
    named = wishes.get(GRAPHQL_RESPONSE.decode(), 0.0)
    return GRAPHQL_RESPONSE if named and named >= wishes.get(JSON.decode(), 0.0) else JSON


@lru_cache(maxsize=256)
def prefers_html(accept: str) -> bool:
    """Return whether a browser opens the address as a page."""
    wishes = _weighted(accept)
    html = wishes.get("text/html", 0.0)
    return html > 0 and html >= max(wishes.get(kind.decode(), 0.0) for kind in (JSON, GRAPHQL_RESPONSE))


def language_for(accept_language: str, viewer: Viewer) -> Language:
    """Return the language of the request's header, else the viewer's own, else Finnish."""
    named = preferred_language(accept_language)
    if named is not None or viewer.account is None:
        return named or Language.FI
    return _LANGUAGES[viewer.account["account_language"]]


@lru_cache(maxsize=256)
def preferred_language(accept_language: str) -> Language | None:
    """Return our language with the highest weight, or None when the header has none of ours."""
    wishes: dict[str, float] = {}
    for tag, weight in _weighted(accept_language).items():
        language = tag.partition("-")[0]
        wishes[language] = max(weight, wishes.get(language, 0.0))
    best = max(Language, key=lambda language: wishes.get(language, 0.0))
    return best if wishes.get(best, 0.0) > 0 else None


def _weighted(header: str) -> dict[str, float]:
    """Return each choice of a header with its weight from 0 to 1; choices that cannot be parsed are left out."""
    wishes: dict[str, float] = {}
    for choice in header[:1000].split(","):
        name, *parameters = (part.strip().lower() for part in choice.split(";"))
        wishes.setdefault(name, _weight(parameters))
    return wishes


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
