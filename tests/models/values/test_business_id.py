"""Business IDs and VAT numbers: one canonical form for every spelling, and wrong digits are never corrected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.business_id import BusinessId, ForeignVatNumber, parse_business_id, parse_vat_number
from models.values.refusal import InvalidValue

WEIGHTS = (7, 9, 10, 5, 8, 4, 2)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("9100001-3", BusinessId("9100001-3")),
        ("91000013", BusinessId("9100001-3")),
        (" 9100001 - 3 ", BusinessId("9100001-3")),
        ("9100001–3", BusinessId("9100001-3")),
        ("9100001−3", BusinessId("9100001-3")),
        ("９１００００１－３", BusinessId("9100001-3")),
        ("987654-3", BusinessId("0987654-3", padded=True)),
        ("0987654-3", BusinessId("0987654-3")),
        ("FI91000144", BusinessId("9100014-4", from_vat=True)),
        ("fi 9100014-4", BusinessId("9100014-4", from_vat=True)),
        ("003791000013", BusinessId("9100001-3")),
        ("0037 9100001 3 12345", BusinessId("9100001-3")),
        ("1234567-1", BusinessId("1234567-1")),
    ],
)
def test_every_written_form_gives_the_one_canonical_form(written: str, expected: BusinessId) -> None:
    assert parse_business_id(written) == expected


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1234567-8", "BUSINESS_ID_CHECK_DIGIT"),
        ("1375045-1", "BUSINESS_ID_CHECK_DIGIT"),
        ("9100027-6", "BUSINESS_ID_CHECK_DIGIT"),
        ("0037123-4", "BUSINESS_ID_CHECK_DIGIT"),
        ("FI91000014", "BUSINESS_ID_CHECK_DIGIT"),
        ("0000000-0", "BUSINESS_ID_MISSING"),
        ("FI00000000", "BUSINESS_ID_FORMAT"),
        ("003700000000", "BUSINESS_ID_FORMAT"),
        ("", "BUSINESS_ID_MISSING"),
        ("-", "BUSINESS_ID_MISSING"),
        ("9876543", "BUSINESS_ID_FORMAT"),
        ("FI987654-3", "BUSINESS_ID_FORMAT"),
        ("91-00001-3", "BUSINESS_ID_FORMAT"),
        ("9100001-31", "BUSINESS_ID_FORMAT"),
        ("0037910000131234567", "BUSINESS_ID_FORMAT"),
        ("010190-123A", "BUSINESS_ID_FORMAT"),
        ("٩١٠٠٠٠١-٣", "BUSINESS_ID_FORMAT"),
        ("9,1E+07", "BUSINESS_ID_FORMAT"),
        ("SE123456789701", "BUSINESS_ID_FORMAT"),
        ("9100001-3\x00", "TEXT_FORBIDDEN_CHARACTER"),
        ("9" * 41, "TEXT_TOO_LONG"),
    ],
)
def test_invalid_business_id_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_business_id(written)
    assert refused.value.code == code


@given(st.integers(min_value=1, max_value=9_999_999))
def test_only_the_right_check_digit_is_accepted(number: int) -> None:
    body = f"{number:07}"
    remainder = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True)) % 11
    right = {0: {0}, 1: set()}.get(remainder, {11 - remainder})
    assert {check for check in range(10) if _is_accepted(f"{body}-{check}")} == right


def _is_accepted(written: str) -> bool:
    try:
        return parse_business_id(written).value == written
    except InvalidValue:
        return False


@given(st.text(alphabet="0123456789-FI 37–", max_size=16))
def test_canonical_form_is_stable(written: str) -> None:
    try:
        value = parse_business_id(written).value
    except InvalidValue:
        return
    assert parse_business_id(value) == BusinessId(value)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("FI91000013", BusinessId("9100001-3", from_vat=True)),
        ("SE123456789701", ForeignVatNumber("SE123456789701", "SE")),
        ("se 123456-7897 01", ForeignVatNumber("SE123456789701", "SE")),
        ("SE123456789702", ForeignVatNumber("SE123456789702", "SE")),
        ("EL123456789", ForeignVatNumber("EL123456789", "EL")),
        ("GB980780684", ForeignVatNumber("GB980780684", "GB")),
    ],
)
def test_a_vat_number_is_a_business_id_or_kept_as_foreign(
    written: str, expected: BusinessId | ForeignVatNumber
) -> None:
    assert parse_vat_number(written) == expected


@pytest.mark.parametrize(
    "written", ["", "NO123456785", "US123", "DEABC", "91000013", "SE" + "1" * 14, '=HYPERLINK("x")']
)
def test_a_text_without_a_known_country_is_not_a_vat_number(written: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_vat_number(written)
    assert refused.value.code == "VAT_NUMBER_FORMAT"


def test_finnish_vat_number_with_a_wrong_digit_is_refused() -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_vat_number("FI91000014")
    assert refused.value.code == "BUSINESS_ID_CHECK_DIGIT"
