"""Placeholders are recognised in every spelling, and real values are not."""

import pytest

from models.values.placeholder import is_placeholder


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "-",
        "--",
        "?",
        "...",
        "ei ole",
        "EI OLE",
        "ei  ole@",
        "1.1.1900",
        "00000000",
        "0000000-0",
        "n/a",
        "N/A",
        "puuttuu",
        "Saknas",
        "Ei sähköpostia",
        "null",
        "xxx",
        "_",
    ],
)
def test_placeholder_is_recognised(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text", ["Matti", "040 123 4567", "00100", "1.1.2019", "Eila", "eiole@x.example", "0a", "Null Matti"]
)
def test_real_value_is_no_placeholder(text: str) -> None:
    assert not is_placeholder(text)
