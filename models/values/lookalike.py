"""Letters of other alphabets that look like Latin ones, so that a forged address or name is noticed (UTS 39)."""

import unicodedata

_IMITATED_SCRIPTS = {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}

_CYRILLIC = str.maketrans(
    "аАвВеЕёЁзЗіІїЇјЈкКмМнНоОрРсСѕЅтТуУүҮхХһҺԁԛԝӏӀьЬ",
    "aabbeeëë33iiïïjjkkmmhhooppccssttyyyyxxhhdqwllbb",
)
_GREEK = str.maketrans("αΑΒεΕΖηΗιΙκΚΜνΝοΟρΡτΤυΥχΧγωϲϹϳ", "aabeeznhiikkmvnooppttuyxxywccj")
_LATIN = str.maketrans("ıɩɑɡʟ", "iiagl")
_LOOKALIKES = _CYRILLIC | _GREEK | _LATIN


def has_mixed_script(text: str) -> bool:
    """Tell whether Latin letters stand beside Cyrillic, Greek, Armenian or Cherokee ones in one name.

    An address is judged part by part (local part, each domain label), because `.рф` after a Latin name is honest.
    """
    if text.isascii():
        return False
    local_part, _, domain = text.partition("@")
    return any(_mixes_latin(part) for part in (local_part, *domain.split(".")))


def skeleton(text: str) -> str:
    """Give the Latin text that a reader would take this for; two texts with one skeleton are confusable.

    For comparison only, never shown or stored as the value: it folds case, and a real Cyrillic name loses its meaning.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)
    previous = ""
    while folded != previous:
        previous = folded
        folded = unicodedata.normalize("NFKC", folded.casefold()).translate(_LOOKALIKES)
    return folded


def _mixes_latin(part: str) -> bool:
    scripts = {
        _script(character)
        for character in unicodedata.normalize("NFKC", part.replace("\N{MICRO SIGN}", ""))
        if character.isalpha()
    }
    return "LATIN" in scripts and not scripts.isdisjoint(_IMITATED_SCRIPTS)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
