"""Names of organizations, and when two of them mean the same company."""

import re

from models.values.placeholder import is_placeholder
from models.values.refusal import InvalidValue
from models.values.sort_key import fold_letters
from models.values.text import clean_line

MAX_LENGTH = 200

# Spelled-out forms (fi, sv) and the abbreviation the business register prints for each.
_SPELLED_OUT = {
    "julkinen osakeyhtiö": "oyj",
    "asunto osakeyhtiö": "as oy",
    "asunto oy": "as oy",
    "avoin yhtiö": "ay",
    "öppet bolag": "ob",
    "publikt aktiebolag": "abp",
    "bostads aktiebolag": "bost ab",
    "bostads ab": "bost ab",
    "osakeyhtiö": "oy",
    "aktiebolag": "ab",
    "aktiebolaget": "ab",
    "kommandiittiyhtiö": "ky",
    "kommanditbolag": "kb",
    "osuuskunta": "osk",
    "andelslag": "anl",
    "toiminimi": "tmi",
}
_SPELLED_OUT_FORM = re.compile(rf"\b({'|'.join(_SPELLED_OUT)})\b")
_FORMS = "oy oyj ab abp ay ob ky kb osk anl tmi fma ry rf sr rs ltd plc inc llc gmbh"
_FORM_WORDS = frozenset(_FORMS.split())
_WORD = re.compile(r"\w+")


def parse_organization_name(text: str) -> str:
    """Give the NFC form of an organization's name of 1-200 characters, spaces single.

    Raises `ORGANIZATION_NAME_MISSING`, and what `clean` raises.
    """
    name = clean_line(text, MAX_LENGTH)
    if is_placeholder(name):
        raise InvalidValue("ORGANIZATION_NAME_MISSING", "Give the organization's name, at most 200 characters.")
    return name


def same_organization_name(one: str, other: str) -> bool:
    """Tell whether two names mean one company: case, spacing, punctuation and the place of the form don't count.

    A missing company form is forgiven, as people leave it out; two different ones are not, because Aho Oy and Aho Ky
    are two companies, and so may be Oy Ab and Ab Oy.
    """
    (stem, form), (other_stem, other_form) = _stem_and_form(one), _stem_and_form(other)
    return stem == other_stem and (form == other_form or not form or not other_form)


def has_company_form(name: str) -> bool:
    """Tell whether a name has a company form word, and so is not a person's."""
    return bool(_stem_and_form(name)[1])


def _stem_and_form(name: str) -> tuple[str, list[str]]:
    """Split a name into its own words, run together, and its form words in the order they stand."""
    folded = _SPELLED_OUT_FORM.sub(lambda match: _SPELLED_OUT[match[0]], fold_letters(name).replace("-", " "))
    words = _WORD.findall(folded)
    form = [word for word in words if word in _FORM_WORDS]
    stem = "".join(word for word in words if word not in _FORM_WORDS)
    return stem or "".join(form), form
