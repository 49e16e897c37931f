"""Text with invisible characters reaches no rule, no database and no mail header."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.refusal import InvalidValue
from models.values.text import clean, clean_line, is_forbidden, plain_dash

CONTROLS = (0x00, 0x09, 0x0A, 0x0D, 0x7F, 0x85)
SURROGATE, PRIVATE, NONCHARACTER, UNDECODABLE = 0xD800, 0xE000, 0xFFFF, 0xFFFD
BIDI_AND_SEPARATORS = (0x202E, 0x2066, 0x2028)
INVISIBLE = (0xAD, 0x200B, 0x200D, 0xFEFF, 0xE0041, 0x3164, 0x034F, 0xFE0F)


@pytest.mark.parametrize(
    "code_point",
    [*CONTROLS, SURROGATE, PRIVATE, NONCHARACTER, UNDECODABLE, *BIDI_AND_SEPARATORS, *INVISIBLE],
    ids="U+{:04X}".format,
)
def test_invisible_character_is_refused_at_any_position(code_point: int) -> None:
    hidden = chr(code_point)
    for text in (hidden, f"Matti{hidden}", f"Mat{hidden}ti", f"{hidden}Matti"):
        with pytest.raises(InvalidValue) as refused:
            clean(text, 100)
        assert refused.value.code == "TEXT_FORBIDDEN_CHARACTER"


def test_the_length_is_refused_before_normalising_and_again_after() -> None:
    for text in ("\u0344" * 10_000_000, "x" * 101, "\ufb2c" * 40):  # the last is 40 characters that NFC makes 120
        with pytest.raises(InvalidValue) as refused:
            clean(text, 100)
        assert refused.value.code == "TEXT_TOO_LONG"


def test_padding_of_a_fixed_width_export_does_not_count() -> None:
    assert clean("Matti" + " " * 200, 100) == "Matti"


def test_decomposed_letters_are_composed_and_spaces_single() -> None:
    assert clean_line("  O\u0308rjan \u00a0 A\u030akerlund ", 100) == "Örjan Åkerlund"


def test_any_dash_becomes_the_ascii_dash() -> None:
    assert "".join(map(plain_dash, "-‐‑–—−a")) == "------a"


def test_letters_of_every_script_and_emoji_pass() -> None:
    assert clean("Čáhcerávga Иван 三木 🙂", 100) == "Čáhcerávga Иван 三木 🙂"


@given(st.text(max_size=60))
def test_a_clean_text_is_nfc_visible_and_stays_as_it_is(text: str) -> None:
    try:
        kept = clean_line(text, 40)
    except InvalidValue:
        return
    assert kept == clean_line(kept, 40) == unicodedata.normalize("NFC", kept)
    assert len(kept) <= 40
    assert not any(map(is_forbidden, kept))


def test_every_forbidden_character_is_refused_and_no_other() -> None:
    assigned = [*range(0x20000), *range(0xE0000, 0xE1000)]  # ideographs are left out
    assert all(is_refused(character) == is_forbidden(character) for character in map(chr, assigned))


def is_refused(character: str) -> bool:
    try:
        clean(f"a{character}a", 100)
    except InvalidValue:
        return True
    return False
