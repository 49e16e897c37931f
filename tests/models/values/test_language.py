"""Every spelling of a language in old services becomes a supported one, and another wish is kept."""

import pytest

from models.values.language import LanguageChoice, parse_language
from models.values.refusal import InvalidValue


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("fi", LanguageChoice("fi")),
        (" FI ", LanguageChoice("fi")),
        ("sv", LanguageChoice("sv")),
        ("en", LanguageChoice("en")),
        ("FIN", LanguageChoice("fi", aliased=True)),
        ("SWE", LanguageChoice("sv", aliased=True)),
        ("Svenska", LanguageChoice("sv", aliased=True)),
        ("1", LanguageChoice("fi", aliased=True)),
        ("2", LanguageChoice("sv", aliased=True)),
        ("3", LanguageChoice("en", aliased=True)),
        ("sv_FI", LanguageChoice("sv", aliased=True)),
        ("en-GB", LanguageChoice("en", aliased=True)),
        ("se", LanguageChoice("fi", preference="se")),
        ("ET", LanguageChoice("fi", preference="et")),
        ("zh_Hant", LanguageChoice("fi", preference="zh-hant")),
        ("", LanguageChoice("fi", missing=True)),
        ("-", LanguageChoice("fi", missing=True)),
        (None, LanguageChoice("fi", missing=True)),
    ],
)
def test_written_language_becomes_a_supported_one(written: str | None, expected: LanguageChoice) -> None:
    assert parse_language(written) == expected


@pytest.mark.parametrize("written", ["4", "suomen kieli", "f", "fi;sv", "=fi"])
def test_invalid_language_is_refused(written: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_language(written)
    assert refused.value.code == "LANGUAGE_INVALID"
