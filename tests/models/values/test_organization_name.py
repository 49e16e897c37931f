"""Names of organizations: parsing, and comparison without case, punctuation and the place of the company form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.organization_name import has_company_form, parse_organization_name, same_organization_name
from models.values.refusal import InvalidValue


@pytest.mark.parametrize("name", ["Kirja€kauppa Oy", "3M", "Säätiö 125 v. sr", "Öhman & Söner Oy Ab", "x" * 200])
def test_organization_name_is_kept(name: str) -> None:
    assert parse_organization_name(f" {name}  ") == name


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "ORGANIZATION_NAME_MISSING"),
        ("ei ole", "ORGANIZATION_NAME_MISSING"),
        ("x" * 201, "TEXT_TOO_LONG"),
        ("Aho\nOy", "TEXT_FORBIDDEN_CHARACTER"),
        ("Aho\u200b Oy", "TEXT_FORBIDDEN_CHARACTER"),
    ],
)
def test_invalid_name_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_organization_name(typed)
    assert refused.value.code == code


@given(st.text(max_size=210))
def test_parsed_name_is_stable(typed: str) -> None:
    try:
        kept = parse_organization_name(typed)
    except InvalidValue:
        return
    assert parse_organization_name(kept) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KULJETUS AHO OY", "Kuljetus Aho Oy"),
        ("KIRJA€KAUPPA OY", "Kirja€kauppa Oy"),
        ("Kuljetus Aho", "Kuljetus Aho Oy"),
        ("Kuljetus-Aho  Oy", "KuljetusAho oy"),
        ("Oy Öhman & Söner Ab", "Öhman & Söner Oy Ab"),
        ("Aalto Ay", "Aalto Avoin yhtiö"),
        ("Asunto-osakeyhtiö Saarenranta", "As Oy Saarenranta"),
        ("Oy", "OY"),
    ],
)
def test_one_company_written_in_two_ways_is_the_same(one: str, other: str) -> None:
    assert same_organization_name(one, other)
    assert same_organization_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÖHMAN & SÖNER AB OY", "Öhman & Söner Oy Ab"),
        ("Aho Oy", "Aho Ky"),
        ("Aho Oy", "Aho Oyj"),
        ("Aho Oy", "Ahola Oy"),
        ("Hälä Oy", "Hala Oy"),
        ("Oy", "Ab"),
    ],
)
def test_two_companies_are_not_the_same(one: str, other: str) -> None:
    assert not same_organization_name(one, other)
    assert not same_organization_name(other, one)


def test_a_company_form_is_a_word_and_not_a_part_of_one() -> None:
    assert has_company_form("Vanha Yhtiö Oy")
    assert not has_company_form("Oyvind Abrahamsson")
