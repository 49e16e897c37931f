"""Customer numbers are kept verbatim; numbers that a spreadsheet has damaged are refused."""

import pytest

from models.values.customer_number import parse_customer_number
from models.values.refusal import InvalidValue


@pytest.mark.parametrize("number", ["0001234567", "612345", "A-12/3", "12E5", "KP 0012.4", "x" * 40, "7"])
def test_customer_number_is_kept_verbatim(number: str) -> None:
    assert parse_customer_number(f" {number} ") == number


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "CUSTOMER_NUMBER_MISSING"),
        ("-", "CUSTOMER_NUMBER_MISSING"),
        ("00000000", "CUSTOMER_NUMBER_MISSING"),
        ("6,12E+05", "CUSTOMER_NUMBER_SCIENTIFIC"),
        ("6.12E05", "CUSTOMER_NUMBER_SCIENTIFIC"),
        ("6E+05", "CUSTOMER_NUMBER_SCIENTIFIC"),
        ("6,12e+05", "CUSTOMER_NUMBER_SCIENTIFIC"),
        ('=HYPERLINK("http://x.example")', "CUSTOMER_NUMBER_INVALID"),
        ("+1234", "CUSTOMER_NUMBER_INVALID"),
        ("@SUM(A1)", "CUSTOMER_NUMBER_INVALID"),
        ("-1+1", "CUSTOMER_NUMBER_INVALID"),
        ("12;34", "CUSTOMER_NUMBER_INVALID"),
        ("12\t34", "TEXT_FORBIDDEN_CHARACTER"),
        ("x" * 41, "TEXT_TOO_LONG"),
    ],
)
def test_invalid_customer_number_is_refused_with_its_reason(number: str, code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_customer_number(number)
    assert refused.value.code == code
