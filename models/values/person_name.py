"""Names of persons: one display name, never split by guess, and comparison of two names."""

import re
from collections import Counter
from functools import lru_cache

from models.values.organization_name import has_company_form
from models.values.placeholder import is_placeholder
from models.values.refusal import InvalidValue
from models.values.role_words import is_role_word
from models.values.sort_key import fold_letters
from models.values.text import clean_line

MAX_LENGTH = 100

_WORD = re.compile(r"[^\W\d_]+")
_NICKNAME = re.compile(r"[\"“”][^\"“”]*[\"“”]")


def parse_person_name(text: str) -> str:
    """Return the NFC form of a display, given or family name of 1-100 characters with single spaces.

    Raises `NAME_MISSING`, `NAME_WITHOUT_LETTERS` and the codes of `clean`.
    """
    name = clean_line(text, MAX_LENGTH)
    if is_placeholder(name):
        raise InvalidValue("NAME_MISSING", "Give a name of 1-100 characters.")
    if not any(character.isalpha() for character in name):
        raise InvalidValue("NAME_WITHOUT_LETTERS", "Write the name with letters.")
    return name


def same_person_name(one: str, other: str) -> bool:
    """Return whether two names have the same words in any order; case, hyphens and quoted nicknames do not count.

    Å, ä and ö differ from a and o, because they distinguish Finnish names. Other diacritics do not count, because old
    services could not store them (č is not in Windows-1252).
    """
    return _words(one) == _words(other) != Counter()


def could_be_same_person(one: str, other: str) -> bool:
    """Return whether two names agree if an initial may stand for a word: "Meikäläinen M." and "Matti Meikäläinen"."""
    rest_of_one, rest_of_other = _words(one) - _words(other), _words(other) - _words(one)
    shares_a_word = any(len(word) > 1 for word in _words(one) & _words(other))
    return shares_a_word and _initials_cover(rest_of_one, rest_of_other)


def initial_only(text: str) -> bool:
    """Return whether a name is one word and initials ("Meikäläinen M."), and so fits several persons."""
    lengths = sorted(map(len, _words(text).elements()))
    return len(lengths) > 1 and lengths[-1] > 1 and all(length == 1 for length in lengths[:-1])


def name_initials(text: str) -> str:
    """Return the initials of a name's words in alphabetical order; all names of one person have the same.

    They select the few names worth comparing: if they differ, `could_be_same_person` is false.
    """
    return "".join(sorted(word[0] for word in _words(text).elements()))


def looks_like_person(text: str) -> bool:
    """Return whether a name may be a person's: two words or more, no digits, no role word, no company form.

    A single word is not enough: a wrong "no" costs a review, a wrong "yes" gives a shared code to one person.
    """
    words = _WORD.findall(text)
    if len(words) < 2 or any(map(str.isdigit, text)):
        return False
    return not has_company_form(text) and not any(map(is_role_word, words))


@lru_cache(maxsize=10_000)
def _words(name: str) -> Counter[str]:
    return Counter(_WORD.findall(fold_letters(_NICKNAME.sub(" ", name))))


def _initials_cover(one: Counter[str], other: Counter[str]) -> bool:
    """Return whether the differing words pair off: an initial in one name, a word that begins with it in the other."""
    ones, others = sorted(one.elements()), sorted(other.elements())
    return len(ones) == len(others) and all(
        a[0] == b[0] and 1 in (len(a), len(b)) for a, b in zip(ones, others, strict=True)
    )
