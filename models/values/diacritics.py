"""Letters without diacritics: å and ä become a, as people type them into mail addresses and passwords."""

import unicodedata


def without_diacritics(text: str) -> str:
    """Return the case-folded text without combining marks."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
