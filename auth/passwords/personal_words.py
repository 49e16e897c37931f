"""Words that a guesser who knows the person tries first, and removal of them from a password.

A password is not refused for containing such a word: the family name Uusi is in "kuusi harmaata hanhea", and Mari in
"kamarissa". Each word is removed wherever it stands, also disguised or inflected, and only the rest is judged.
docs/password-rule.md has the measurements for the strength that the rest must have.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from models.values.diacritics import without_diacritics

SHORTEST_WORD = 4  # characters; a shorter word is too small a part of a password to matter
PRODUCT_NAMES = ("OmaPosti", "Posti", "Posten")

# Words to look for, folded, with the spelling that the person knows: `{"virtas": "Virtanen"}`.
PersonalWords = Mapping[str, str]

_BREAKS = re.compile(r"[\W_]+|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=[a-zåäö])(?=[A-ZÅÄÖ])")
_DISGUISES: list[dict[int, int]] = [{}, *(str.maketrans("@4831!05$7", f"aaee{one}{one}osst") for one in "il")]
_GEMINATES = re.compile(r"(kk|pp|tt)[aeiouy]\Z")


def personal_words(address: str, names: Iterable[str | None]) -> PersonalWords:
    """Return the words of an e-mail address and of names of people and organizations.

    Each name is also a word as a whole.
    """
    local_part, _, domain = address.rpartition("@")
    texts = [address, local_part, domain.rpartition(".")[0], *(name for name in names if name)]
    words: dict[str, str] = {}
    for text in texts:
        for word in (text, *_BREAKS.split(text)):
            words |= dict.fromkeys(_stems("".join(filter(str.isalnum, without_diacritics(word)))), word)
    return {stem: word for stem, word in words.items() if len(stem) >= SHORTEST_WORD}


def without_words(password: str, words: PersonalWords) -> tuple[str, tuple[str, ...]]:
    """Return the folded password without personal words and product names, and the words that were removed."""
    folded = without_diacritics(password)
    wanted = {**{without_diacritics(name): name for name in PRODUCT_NAMES}, **words}
    taken: set[int] = set()
    found: dict[str, str] = {}
    for disguise in _DISGUISES:
        text = folded.translate(disguise)
        places = [place for place, character in enumerate(text) if character.isalnum()]
        letters = "".join(text[place] for place in places)
        for stem, word in wanted.items():
            for start in _starts(letters, stem):
                taken.update(places[start : start + len(stem)])
                found[stem] = word
    left = "".join(character for place, character in enumerate(folded) if place not in taken)
    return left, _widest(found)


def _stems(word: str) -> Iterator[str]:
    """Yield a word and the stems of its Finnish cases: Virtase-n, Mati-n, Järve-n."""
    yield word
    if word.endswith("nen"):
        yield f"{word[:-3]}s"
    if _GEMINATES.search(word):
        yield word[:-2] + word[-1]
    if word.endswith("i"):
        yield f"{word[:-1]}e"


def _starts(letters: str, stem: str) -> Iterator[int]:
    """Yield each place at which a stem begins, forwards or backwards."""
    for wanted in (stem, stem[::-1]):
        start = letters.find(wanted)
        while start >= 0:
            yield start
            start = letters.find(wanted, start + len(wanted))


def _widest(found: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words without those that are a part of another: "Matti Virtanen", and not also "Matti"."""
    widest = [stem for stem in found if not any(stem != other and stem in other for other in found)]
    return tuple(dict.fromkeys(found[stem] for stem in widest))
