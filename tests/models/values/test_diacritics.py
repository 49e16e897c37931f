import unicodedata

from models.values.diacritics import without_diacritics


def test_text_loses_case_and_diacritics_in_every_normal_form() -> None:
    for form in ("NFC", "NFD"):
        assert without_diacritics(unicodedata.normalize(form, "Lähettämö ÅBO Façade")) == "lahettamo abo facade"


def test_letters_without_a_decomposition_are_kept() -> None:
    assert without_diacritics("Øst Łódź") == "øst łodz"
