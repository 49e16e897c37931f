"""Names of persons: kept as typed, and compared in spite of the spellings of old services."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.person_name import (
    could_be_same_person,
    initial_only,
    looks_like_person,
    name_initials,
    parse_person_name,
    same_person_name,
)
from models.values.refusal import InvalidValue


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("O\u0308rjan A\u030akerlund", "Örjan Åkerlund"),
        ("  Matti   Meikäläinen ", "Matti Meikäläinen"),
        ('Saari Anna "Ansku"', 'Saari Anna "Ansku"'),
        ("Ann-Mari von Wright-Mäkelä", "Ann-Mari von Wright-Mäkelä"),
        ("Čáhcerávga Niillas", "Čáhcerávga Niillas"),
        ("D'Arcy O’Neill", "D'Arcy O’Neill"),
        ("三木", "三木"),
        ("Y", "Y"),
    ],
)
def test_a_name_is_kept_in_its_composed_form(typed: str, kept: str) -> None:
    assert parse_person_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "NAME_MISSING"),
        ("-", "NAME_MISSING"),
        ("1234", "NAME_WITHOUT_LETTERS"),
        ("a" * 101, "TEXT_TOO_LONG"),
        ("Bob\r\nBcc: evil@x.example", "TEXT_FORBIDDEN_CHARACTER"),
        ("acme\u200b", "TEXT_FORBIDDEN_CHARACTER"),
        ("\u202eittaM", "TEXT_FORBIDDEN_CHARACTER"),
    ],
)
def test_invalid_name_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_person_name(typed)
    assert refused.value.code == code


@given(st.text(max_size=110))
def test_parsed_name_is_stable(typed: str) -> None:
    try:
        kept = parse_person_name(typed)
    except InvalidValue:
        return
    assert parse_person_name(kept) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Öhman Johan", "Johan Öhman"),
        ("MEIKÄLÄINEN, MATTI", "Matti Meikäläinen"),
        ('Saari Anna "Ansku"', "Anna Saari"),
        ("Ann-Mari von Wright", "Wright von Ann Mari"),
        ("A\u030akerlund O\u0308rjan", "Örjan Åkerlund"),
        ("Čáhcerávga Niillas", "Niillas Cahceravga"),
    ],
)
def test_one_name_written_in_two_ways_is_the_same(one: str, other: str) -> None:
    assert same_person_name(one, other)
    assert same_person_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aino Aalto", "Eino Aalto"),
        ("Heino Kaisa", "Niillas Čáhcerávga"),
        ("Hällä Matti", "Halla Matti"),
        ("Matti Meikäläinen", "Matti"),
        ("Meikäläinen M.", "Matti Meikäläinen"),
        ("Matti Matti", "Matti"),
        ("---", "..."),
    ],
)
def test_two_names_are_not_the_same(one: str, other: str) -> None:
    assert not same_person_name(one, other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Meikäläinen M.", "Matti Meikäläinen", True),
        ("A-M von Wright", "Ann-Mari von Wright", True),
        ("Öhman Johan", "Johan Öhman", True),
        ("Meikäläinen J.", "Matti Meikäläinen", False),
        ("M. M.", "Matti Meikäläinen", False),
        ("Meikäläinen", "Matti Meikäläinen", False),
        ("Meikäläinen Matti", "Meikäläinen Mikko", False),
    ],
)
def test_an_initial_may_stand_for_its_word(one: str, other: str, expected: bool) -> None:
    assert could_be_same_person(one, other) is expected
    assert could_be_same_person(other, one) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Meikäläinen M.", True),
        ("M. A. Meikäläinen", True),
        ("Matti Meikäläinen", False),
        ("Matti", False),
        ("M.", False),
    ],
)
def test_a_word_with_initials_is_told_from_a_full_name(name: str, expected: bool) -> None:
    assert initial_only(name) is expected


@pytest.mark.parametrize(
    "name", ["Meikäläinen Matti", "Meikäläinen M.", 'Saari Anna "Ansku"', "Lehto; Mika", "Ann-Mari von Wright-Mäkelä"]
)
def test_person_name_looks_like_a_person(name: str) -> None:
    assert looks_like_person(name)


@pytest.mark.parametrize(
    "name",
    [
        "VARASTO",
        "Lähettämö",
        "Integraatio",
        "Helsingin keskusvarasto",
        "Kuljetus Aho Oy",
        "Varasto 2",
        "Kund tjanst kundtjänst",
        "Aho Avoin yhtiö",
        "Info Helsinki",
        "-",
        "Matti 2 Meikäläinen",
    ],
)
def test_place_role_machine_or_company_looks_like_no_person(name: str) -> None:
    assert not looks_like_person(name)


def test_names_that_could_be_one_person_agree_in_their_initials() -> None:
    for one, other in (("Meikäläinen M.", "Matti Meikäläinen"), ("Öhman Johan", "Johan Öhman")):
        assert could_be_same_person(one, other) or same_person_name(one, other)
        assert name_initials(one) == name_initials(other)
    assert name_initials("Aino Aalto") != name_initials("Eino Aalto")
