"""Code-point order of keys is Finnish alphabetical order."""

import random

from hypothesis import given
from hypothesis import strategies as st

from models.values.sort_key import finnish_sort_key

IN_ORDER = (
    "112 Apu Oy",
    "3M",
    "Aho Oy",
    "Aho, Zeta",
    "Ahola",
    "Čapek",
    "Élan",
    "Łódź",
    "Müller Oy",
    "Myllys",
    "Straße",
    "Šumma",
    "Vaara",
    "Virta",
    "Wirta",
    "Yli",
    "Ženeva",
    "Zetterberg",
    "Åkerlund & Söner Ab",
    "Åström",
    "Ärjä",
    "Ääri",
    "Öhman",
    "Østergaard",
    "Иванов",
)


def test_keys_sort_names_in_finnish_order() -> None:
    shuffled = random.Random(1).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(shuffled, key=finnish_sort_key) == list(IN_ORDER)


def test_foreign_letters_sort_as_their_nearest() -> None:
    assert finnish_sort_key("Łódź Müller Đorđe Þór") == finnish_sort_key("lodz myller dorde thor")
    assert finnish_sort_key("Østberg Ærø") == finnish_sort_key("östberg ärö")


def test_case_punctuation_and_composition_do_not_count() -> None:
    assert finnish_sort_key("  “Ann-Mari”  O\u0308HMAN ") == finnish_sort_key("ann mari öhman")


def test_brace_in_a_name_does_not_sort_as_a_character() -> None:
    assert finnish_sort_key("{|}Aho") == finnish_sort_key("Aho")


@given(st.text(max_size=40))
def test_a_key_is_storable_and_independent_of_case_of_letters(text: str) -> None:
    key = finnish_sort_key(text)
    assert "\x00" not in key
    assert key == " ".join(key.split())
    assert not set(key) & set("åäöABCÅÄÖ")
