"""A postal code is five digits with its zeros."""

import pytest

from models.values.postal_code import parse_postal_code
from models.values.refusal import InvalidValue


@pytest.mark.parametrize("typed", ["00100", " 00100 ", "00 100", "FI-00100", "fi00100", "００１００"])
def test_five_digits_are_kept(typed: str) -> None:
    assert parse_postal_code(typed) == "00100"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "POSTAL_CODE_MISSING"),
        ("00000", "POSTAL_CODE_MISSING"),
        ("100", "POSTAL_CODE_INVALID"),
        ("001000", "POSTAL_CODE_INVALID"),
        ("SE-11455", "POSTAL_CODE_INVALID"),
        ("٠٠١٠٠", "POSTAL_CODE_INVALID"),
        ("0010O", "POSTAL_CODE_INVALID"),
        ("00100\n", "TEXT_FORBIDDEN_CHARACTER"),
    ],
)
def test_what_is_not_five_digits_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_postal_code(typed)
    assert refused.value.code == code
