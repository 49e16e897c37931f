"""Finnish alphabetical order as code-point order, so that a page of a list can start after a key."""

import re
import unicodedata
from functools import lru_cache

from models.values.diacritics import without_diacritics

# These three characters follow z in ASCII, in the order å ä ö; they are punctuation, which a key has otherwise not.
_AFTER_Z = str.maketrans("åäö", "{|}")

# Foreign letters sort as the nearest letter (SFS 4600 and the Finnish tailoring of CLDR).
_NEAREST = str.maketrans("æøœõőüűđðłŋŧħǥʒ\N{LATIN SMALL LETTER DOTLESS I}", "äööööyyddlnthgzi") | {ord("þ"): "th"}
_BREAKS = re.compile(r"[\W_]+")


def finnish_sort_key(text: str) -> str:
    """Return a key whose code-point order ("C" collation) is Finnish alphabetical order: digits, a-z, å, ä, ö, others.

    Case, other diacritics and punctuation do not count, words are compared one by one, and w sorts as v (SFS
    4600:2022). Equal keys are possible; a list needs an identifier as its last ordering term.
    """
    return " ".join(_BREAKS.sub(" ", fold_letters(text)).split()).translate(_AFTER_Z)


def fold_letters(text: str) -> str:
    """Return the text case-folded and without foreign diacritics; å, ä and ö stay letters of their own."""
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", text.casefold()).casefold()
    return "".join(_bare(character) for character in composed.translate(_NEAREST))


@lru_cache(maxsize=4_000)
def _bare(letter: str) -> str:
    return letter if letter in "åäö" else without_diacritics(letter)
