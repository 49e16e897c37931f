"""Names of organizations, and comparison of two names of one company."""

import re

from models.values.placeholder import is_placeholder
from models.values.refusal import InvalidValue
from models.values.sort_key import fold_letters
from models.values.text import clean_line

MAX_LENGTH = 200

# Company forms as words (fi, sv), with the abbreviation that the business register prints.
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
    """Return the NFC form of an organization's name of 1-200 characters with single spaces.

    Raises `ORGANIZATION_NAME_MISSING` and the codes of `clean`.
    """
    name = clean_line(text, MAX_LENGTH)
    if is_placeholder(name):
        raise InvalidValue("ORGANIZATION_NAME_MISSING", "Give the organization's name, at most 200 characters.")
    return name


def same_organization_name(one: str, other: str) -> bool:
    """Return whether two names mean one company; case, spacing, punctuation and the place of the form do not count.

    A missing company form is accepted, because people leave it out. Two different forms are two companies: Aho Oy and
    Aho Ky, perhaps also Oy Ab and Ab Oy.
    """
    (stem, form), (other_stem, other_form) = _stem_and_form(one), _stem_and_form(other)
    return stem == other_stem and (form == other_form or not form or not other_form)


def has_company_form(name: str) -> bool:
    """Return whether a name has a company form, and so is not a person's."""
    return bool(_stem_and_form(name)[1])


def _stem_and_form(name: str) -> tuple[str, list[str]]:
    """Split a name into its own words, joined together, and its form words in order."""
    folded = _SPELLED_OUT_FORM.sub(lambda match: _SPELLED_OUT[match[0]], fold_letters(name).replace("-", " "))
    words = _WORD.findall(folded)
    form = [word for word in words if word in _FORM_WORDS]
    stem = "".join(word for word in words if word not in _FORM_WORDS)
    return stem or "".join(form), form
