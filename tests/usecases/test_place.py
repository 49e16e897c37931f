"""Places: country and city of a network, from the operator's database; None without one."""

from pathlib import Path

import pytest

from models.account import Language
from tests.usecases.mmdb import RECORDS, written
from usecases.place import Places, PlacesError, place_text

KNOWN = [
    ("198.51.100.7", Language.FI, "Turku, Suomi"),
    ("198.51.100.0/24", Language.SV, "Åbo, Finland"),
    ("::ffff:198.51.100.9", Language.EN, "Turku, Finland"),
    ("203.0.113.200", Language.FI, "Ruotsi"),
    ("2001:db8:1:2:3::4", Language.SV, "Helsinki, Finland"),
    ("2001:db8:1::/48", Language.EN, "Helsinki, Finland"),
]


@pytest.mark.parametrize(("address", "language", "text"), KNOWN)
def test_place_is_told_in_the_language(tmp_path: Path, address: str, language: Language, text: str) -> None:
    assert Places(written(tmp_path)).text(address, language) == text


@pytest.mark.parametrize("address", [None, "", "testclient", "10.0.0.1", "2001:db8:2::1", "192.0.2.1", "192.0.2.200"])
def test_unknown_place_is_none(tmp_path: Path, address: str | None) -> None:
    """Also None if a record has an unknown layout."""
    assert Places(written(tmp_path)).text(address, Language.EN) is None


def test_database_without_ipv6_knows_no_place_of_ipv6(tmp_path: Path) -> None:
    places = Places(written(tmp_path, {"198.51.100.0/24": RECORDS["198.51.100.0/24"]}, ip_version=4))
    assert places.text("198.51.100.1", Language.EN) == "Turku, Finland"
    assert places.text("2001:db8:1::1", Language.EN) is None


def test_without_a_database_no_place_is_known() -> None:
    assert Places().text("198.51.100.7", Language.FI) is None


def test_country_without_a_name_is_told_by_its_code() -> None:
    assert place_text(Language.FI, "QX", None) == "QX"
    assert place_text(Language.FI, None, None) is None


def test_long_name_of_a_city_is_cut(tmp_path: Path) -> None:
    record = {"city": {"names": {"en": "x" * 500}}}
    found = Places(written(tmp_path, {"198.51.100.0/24": record})).text("198.51.100.7", Language.EN)
    assert found == "x" * 64


def missing(folder: Path) -> Path:
    return folder / "none.mmdb"


def empty(folder: Path) -> Path:
    (folder / "empty.mmdb").touch()
    return folder / "empty.mmdb"


def no_database(folder: Path) -> Path:
    (folder / "text.mmdb").write_text("country,city\n" * 100)
    return folder / "text.mmdb"


def cut_short(folder: Path) -> Path:
    file = written(folder)
    file.write_bytes(file.read_bytes()[:-200])
    return file


@pytest.mark.parametrize("broken", [missing, empty, no_database, cut_short, lambda folder: folder])
def test_file_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path, broken: object) -> None:
    assert callable(broken)
    with pytest.raises(
        PlacesError, match=r"^OMAPOSTI_GEOIP_DATABASE: .* cannot be read .*; name a GeoIP database"
    ) as it:
        Places(broken(tmp_path))
    assert "\n" not in str(it.value)
