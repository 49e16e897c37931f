"""A name that imitates another with foreign letters is noticed, and an honest foreign name is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.email import has_mixed_script, skeleton


@pytest.mark.parametrize("text", ["mаtti@x.example", "matti@pоsti.example", "Аcme", "Ροsti", "Kоne Оy", "ｐоsti"])
def test_latin_beside_imitating_letters_is_mixed(text: str) -> None:
    assert has_mixed_script(text)


@pytest.mark.parametrize(
    "text",
    ["matti@x.example", "Åkerlund Örjan", "Čáhcerávga", "Иван Петров", "ivan@почта.рф", "三木 Miki", "10 µm", ""],
)
def test_one_script_or_an_unlike_one_is_not_mixed(text: str) -> None:
    assert not has_mixed_script(text)


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
def test_a_skeleton_is_its_own_skeleton(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)
