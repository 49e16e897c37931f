"""Finnish alphabetical order as plain code-point order, so that a page of a list can start after a key."""

import re
import unicodedata
from functools import lru_cache

from models.values.diacritics import without_diacritics

# In ASCII these three follow z in the order å ä ö; in a key they cannot be punctuation, which never reaches it.
_AFTER_Z = str.maketrans("åäö", "{|}")

# SFS 4600 and the Finnish tailoring of CLDR: foreign letters sort as the letter they are nearest to.
_NEAREST = str.maketrans("æøœõőüűđðłŋŧħǥʒ\N{LATIN SMALL LETTER DOTLESS I}", "äööööyyddlnthgzi") | {ord("þ"): "th"}
_BREAKS = re.compile(r"[\W_]+")


def finnish_sort_key(text: str) -> str:
    """Give a key whose code-point order ("C" collation) is Finnish alphabetical order: digits, a-z, å, ä, ö, others.

    Case, other diacritics and punctuation don't count, words are compared one by one, and w follows v (SFS 4600:2022).
    Equal keys are possible; a list needs an identifier as its last ordering term.
    """
    return " ".join(_BREAKS.sub(" ", fold_letters(text)).split()).translate(_AFTER_Z)


def fold_letters(text: str) -> str:
    """Give the text case-folded and without foreign diacritics, while å, ä and ö stay letters of their own."""
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", text.casefold()).casefold()
    return "".join(_bare(character) for character in composed.translate(_NEAREST))


@lru_cache(maxsize=4_000)
def _bare(letter: str) -> str:
    return letter if letter in "åäö" else without_diacritics(letter)
