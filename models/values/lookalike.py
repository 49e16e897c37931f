"""Letters of other alphabets that look like Latin ones, so that a forged address or name is noticed (UTS 39)."""

import re
import unicodedata

# Scripts with letters that look alike. No other script is mistaken for Latin, and some stand beside it legitimately.
_IMITABLE_SCRIPTS = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "DESERET"}

_WORD = re.compile(r"[^\W_]+")

_CYRILLIC = str.maketrans(
    "аАвВеЕёЁзЗіІїЇјЈкКмМнНоОрРсСѕЅтТуУүҮхХһҺԁԛԝӏӀьЬ",
    "aabbeeëë33iiïïjjkkmmhhooppccssttyyyyxxhhdqwllbb",
)
_GREEK = str.maketrans("αΑΒεΕΖηΗιΙκΚΜνΝοΟρΡτΤυΥχΧγωϲϹϳ", "aabeeznhiikkmvnooppttuyxxywccj")
_LATIN = str.maketrans("ıɩɑɡʟ", "iiagl")
_LOOKALIKES = _CYRILLIC | _GREEK | _LATIN


def has_mixed_script(text: str) -> bool:
    """Return whether Latin letters stand beside Cyrillic, Greek, Armenian or Cherokee letters in one name.

    An address is judged part by part (local part, each domain label), because `.рф` after a Latin name is legitimate.
    """
    if text.isascii():
        return False
    local_part, _, domain = text.partition("@")
    return any(_mixes_latin(part) for part in (local_part, *domain.split(".")))


def mixes_scripts(name: str) -> bool:
    """Return whether foreign letters may pass for Latin ones in a name of a person or an organization.

    Each word is judged by itself (UTS 39, 5.1): `cme` after a Cyrillic A mixes scripts. A Cyrillic given name with a
    Latin family name does not, unless each of its letters looks Latin. A name in one script never mixes.
    """
    if name.isascii():
        return False
    words = _WORD.findall(name)
    scripts = [_imitable_scripts(word) for word in words]
    return any(len(found) > 1 for found in scripts) or ({"LATIN"} in scripts and any(map(_passes_for_latin, words)))


def skeleton(text: str) -> str:
    """Return the Latin text that a reader would see in this text; two texts with one skeleton are confusable.

    For comparison only, never shown or stored: it folds case, and a real Cyrillic name loses its meaning.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)
    previous = ""
    while folded != previous:
        previous = folded
        folded = unicodedata.normalize("NFKC", folded.casefold()).translate(_LOOKALIKES)
    return folded


def _mixes_latin(part: str) -> bool:
    scripts = _imitable_scripts(part)
    return "LATIN" in scripts and len(scripts) > 1


def _passes_for_latin(word: str) -> bool:
    scripts = _imitable_scripts(word)
    return bool(scripts) and "LATIN" not in scripts and _imitable_scripts(skeleton(word)) == {"LATIN"}


def _imitable_scripts(part: str) -> set[str]:
    letters = filter(str.isalpha, unicodedata.normalize("NFKC", part.replace("\N{MICRO SIGN}", "")))
    return {_script(letter) for letter in letters} & _IMITABLE_SCRIPTS


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
