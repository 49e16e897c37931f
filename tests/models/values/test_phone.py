"""Telephone numbers: one number in E.164, None for a placeholder, or refused; no number is guessed."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.phone import HOME_REGION, parse_phone
from models.values.refusal import InvalidValue


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("040 123 4567", "+358401234567"),
        ("040-123 45 67", "+358401234567"),
        ("040–1234567", "+358401234567"),
        ("０４０ １２３ ４５６７", "+358401234567"),
        ("09 123 4567", "+35891234567"),
        ("09/1234567", "+35891234567"),
        ("(09) 123.4567", "+35891234567"),
        ("0500 123 456", "+358500123456"),
        ("045 678 9012", "+358456789012"),
        ("+358 (0)50 555 0101", "+358505550101"),
        ("00358 40 123 4567", "+358401234567"),
        ("+46 8 123 456 78", "+46812345678"),
        ("-", None),
        ("", None),
        ("ei ole", None),
        ("00000000", None),
        ("(((((", None),
    ],
)
def test_a_number_is_kept_as_e164(typed: str, kept: str | None) -> None:
    assert parse_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("040 123 4567 / 050 555 0101", "PHONE_SEVERAL"),
        ("040 123 4567, 050 555 0101", "PHONE_SEVERAL"),
        ("040 123 4567; 050 555 0101", "PHONE_SEVERAL"),
        ("0401234567 0505550101", "PHONE_SEVERAL"),
        ("0401234567 +358505550101", "PHONE_SEVERAL"),
        ("040 123 4567 tai 050 555 0101", "PHONE_SEVERAL"),
        ("040 KISSA 12", "PHONE_LETTERS"),
        ("040 123 4567 Matti", "PHONE_LETTERS"),
        ("09 123 4567 ext. 12", "PHONE_LETTERS"),
        ("+٣٥٨401234567", "PHONE_LETTERS"),
        ("040 123", "PHONE_INVALID"),
        ("112", "PHONE_INVALID"),
        ("+999 123 456", "PHONE_INVALID"),
        ("040\x00123", "TEXT_FORBIDDEN_CHARACTER"),
        ("0" * 61, "TEXT_TOO_LONG"),
    ],
)
def test_invalid_phone_number_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_phone(typed)
    assert refused.value.code == code


@given(st.text(alphabet="0123456789+-() /358", max_size=18))
def test_parsed_number_is_stable(typed: str) -> None:
    try:
        kept = parse_phone(typed)
    except InvalidValue:
        return
    assert kept is None or parse_phone(kept) == kept


@given(
    st.sampled_from(["0", "+358", "+358 ", "00358", ""]),
    st.from_regex(r"[45][0-9]([ -]?[0-9]){3,10}", fullmatch=True),
)
def test_quick_parser_of_mobile_numbers_agrees_with_the_library(prefix: str, national: str) -> None:
    number = phonenumbers.parse(prefix + national, HOME_REGION)
    try:
        kept = parse_phone(prefix + national)
    except InvalidValue:
        assert not phonenumbers.is_valid_number(number)
    else:
        assert phonenumbers.is_valid_number(number)
        assert kept == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
