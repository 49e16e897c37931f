"""Placeholders that people and old services write into a field without a value."""

import re

_PHRASES = """
ei; ei ole; ei ole@; eiole; ei oo; ei tiedossa; ei tietoa; ei sähköpostia; ei puhelinta; puuttuu; puuttuu@
tuntematon; tyhjä; saknas; saknas@; finns ej; finns inte; inte känd; okänd; ingen; inget; uppgift saknas
n/a; n.a.; na; none; null; nil; unknown; missing; not known; not available; tbd; x; xx; xxx
1.1.1900; 01.01.1900; 1900-01-01; 19000101
"""
_MISSING = frozenset(phrase.strip() for line in _PHRASES.splitlines() for phrase in line.split(";"))
_ONLY_SIGNS = re.compile(r"[\W_]*\Z")
_ONLY_ZEROS = re.compile(r"0[0\s.:/-]*\Z")


def is_placeholder(text: str) -> bool:
    """Return whether a text means "no value": empty, only signs, only zeros, or a word for "missing" (fi, sv, en)."""
    bare = " ".join(text.casefold().split())
    return bare in _MISSING or bool(_ONLY_SIGNS.match(bare) or _ONLY_ZEROS.match(bare))
