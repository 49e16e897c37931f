"""A name that imitates another with foreign letters is detected, and a legitimate foreign name is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.email import has_mixed_script, skeleton
from models.values.lookalike import mixes_scripts


@pytest.mark.parametrize("text", ["mаtti@x.example", "matti@pоsti.example", "Аcme", "Ροsti", "Kоne Оy", "ｐоsti"])
def test_latin_beside_imitating_letters_of_another_script_is_mixed(text: str) -> None:
    assert has_mixed_script(text)


@pytest.mark.parametrize(
    "text",
    ["matti@x.example", "Åkerlund Örjan", "Čáhcerávga", "Иван Петров", "ivan@почта.рф", "三木 Miki", "10 µm", ""],
)
def test_one_script_or_an_unlike_one_is_not_mixed(text: str) -> None:
    assert not has_mixed_script(text)


@pytest.mark.parametrize(
    "name",
    [
        "Аcme",
        "Ροsti",
        "Kоne Оy",
        "Liisa Vіrtanen",
        "ｐоsti",
        "Acme-Аcme",
        "АСМЕ Oy",
        "Օy Posti",
        "О'Brien",
        "Α1pha",
        "Aсme\u0301 Oy",
        "Иvан",
    ],
)
def test_b27_foreign_letters_that_pass_for_latin_are_detected(name: str) -> None:
    assert mixes_scripts(name)
    assert mixes_scripts(f"Oy {name} Ab")


@pytest.mark.parametrize(
    "name",
    [
        "Matti Meikäläinen",
        "Åkerlund & Öhman Ab",
        "Čáhcerávga Ŋŋ Đđ Ŧŧ Žž Šš",
        "Sjögren–Ääninen, J. O'Brien (2) nº 5",
        "K+M ”Kärppä” 100 % Oy/Ltd",
        "Łukasz Żółć",
        "Nguyễn Thị Ánh",
        "Иван Петров",
        "Почта России 2",
        "Νίκος Παπαδόπουλος",
        "Ара Ара",
        "محمد علي",
        "Արամ Խաչատրյան",
        "三木 Miki",
        "Иван Smith",
        "Иван-Smith",
        "10 µm",
        "",
    ],
)
def test_b27_legitimate_name_of_any_alphabet_is_accepted(name: str) -> None:
    assert not mixes_scripts(name)


@given(st.text(alphabet=st.characters(whitelist_categories=["Lu", "Ll", "Nd", "Po", "Zs"], max_codepoint=0x24F)))
def test_b27_latin_letters_of_any_european_language_are_accepted(name: str) -> None:
    assert not mixes_scripts(name)


@pytest.mark.parametrize(
    ("imitation", "original"),
    [
        ("mаtti@x.example", "Matti@x.example"),
        ("m\u0131ke", "mike"),
        ("АСМЕ", "acme"),
        ("ΡΟSΤΙ", "posti"),
        ("ｐosti", "posti"),
    ],
)
def test_an_imitation_has_the_skeleton_of_its_original(imitation: str, original: str) -> None:
    assert skeleton(imitation) == skeleton(original)


def test_different_names_have_different_skeletons() -> None:
    assert skeleton("matti@x.example") != skeleton("natti@x.example")
    assert skeleton("säätiö") != skeleton("saatio")


@given(st.one_of(st.text(max_size=30), st.text(alphabet="аАВЕορνΝıKſßİmatti", max_size=12)))
def test_skeleton_is_stable(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)
