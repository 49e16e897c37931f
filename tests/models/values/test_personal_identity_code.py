"""Every personal identity code is removed, and no other text."""

import uuid
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.personal_identity_code import redact


@pytest.mark.parametrize(
    ("text", "left", "count"),
    [
        ("010190-123A", "", 1),
        ("131052-308T", "", 1),
        ("131052-308U", "", 1),
        ("131052+308t", "", 1),
        ("010101A123B", "", 1),
        ("010190Y123B ja 010101F002C", " ja ", 2),
        ("290201A123B", "", 1),
        ("040190-123A", "", 1),
        ("131052-9991", "", 1),
        ("Nieminen Pekka (131052-308T), Lahti", "Nieminen Pekka (), Lahti", 1),
        ("EXT-131052-308T", "EXT-", 1),
        ("131052 - 308T", "", 1),
        ("131052–308T", "", 1),
        ("１３１０５２－３０８Ｔ", "", 1),
        ("131052308T", "", 1),
        ("131052 308T", "", 1),
        ("hetu131052-308T", "hetu", 1),
        ("131052-131052-308T308T", "131052-131052-308T308T", 0),
        ("131052-131052-308T 308T", "", 2),
    ],
)
def test_a_code_is_removed_and_counted(text: str, left: str, count: int) -> None:
    assert redact(text) == (left, count)


@pytest.mark.parametrize(
    "text",
    [
        "9100001-3",
        "FI91000013",
        "987654-3",
        "0037910000131",
        "040123-4567",
        "050112-1234",
        "040 123 4567",
        "0401234567",
        "+358401234567",
        "+358 40 123456",
        "09-123456",
        "0001234567",
        "612345",
        "010190-0001",
        "EXT00417",
        "3.2.2020 8:05",
        "20200203",
        "2019-01-01T00:00:00Z",
        "2020-02-28T00:00:00+02:00",
        "010120 123456",
        "0101201234",
        "310290-123A",
        "001290-123A",
        "011390-123A",
        "1010190-123A",
        "010190-123AB",
        "010190-123G",
        "010190-1234567",
        "FI2112345600000785",
        "018f0101-9012-7abc-8def-010190a12340",
        "aa010190-123a-7abc-8def-0123456789ab",
        "Matti Meikäläinen",
        "",
        "A-010190",
        "c4643910cd6e6819733e1b3262010190a1232aa",
        "tilaus010190-123A",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert redact(text) == (text, 0)


def test_thousands_of_identifiers_are_left_alone() -> None:
    chance = Random(7)
    identifiers = [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(20_000)]
    hashes = [f"{chance.getrandbits(256):064x}" for _ in range(20_000)]
    assert [text for text in identifiers + hashes if redact(text) != (text, 0)] == []


@given(
    st.dates(min_value=date(1800, 1, 1)),
    st.sampled_from("+-YXWVUABCDEF"),
    st.integers(min_value=2, max_value=999),
    st.sampled_from("0123456789ABCDEFHJKLMNPRSTUVWXY"),
)
def test_every_birthday_mark_and_individual_number_is_recognised(
    day: date, mark: str, individual: int, check: str
) -> None:
    code = f"{day:%d%m%y}{mark}{individual:03}{_right_check(f'{day:%d%m%y}{individual:03}')}"
    assert redact(f"({code})") == ("()", 1)
    if not f"{day:%d}".startswith(("04", "05")):
        assert redact(f"({code[:-1]}{check})") == ("()", 1)


@given(st.text(alphabet="0139-A+ –T١", max_size=40))
def test_redacted_text_contains_no_code(text: str) -> None:
    assert redact(redact(text)[0])[1] == 0


def _right_check(digits: str) -> str:
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31]
