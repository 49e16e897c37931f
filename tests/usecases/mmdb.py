"""A small GeoIP database for tests, in the layout of GeoLite2 City."""

from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet


def place(country: str, city: str | None = None, **names: str) -> dict[str, Any]:
    """Return the record of a place; `names` are the city's names in languages other than English."""
    record: dict[str, Any] = {"country": {"iso_code": country}}
    return record | ({"city": {"names": {"en": city, **names}}} if city else {})


RECORDS = {
    "198.51.100.0/24": place("FI", "Turku", sv="Åbo"),
    "203.0.113.0/24": place("SE"),
    "2001:db8:1::/48": place("FI", "Helsinki"),
    "192.0.2.0/25": {"country": "FI"},
    "192.0.2.128/25": {"country": {"iso_code": 5}, "city": {"names": ["Turku"]}},
    "127.0.0.0/24": place("FI", "Tampere", sv="Tammerfors"),
}


def written(folder: Path, records: dict[str, dict[str, Any]] | None = None, ip_version: int = 6) -> Path:
    """Write a database of those networks and return its file."""
    writer = MMDBWriter(ip_version=ip_version, ipv4_compatible=ip_version == 6, database_type="Test-City")
    for network, record in (RECORDS if records is None else records).items():
        writer.insert_network(IPSet([network]), record)
    file = folder / "places.mmdb"
    writer.to_db_file(str(file))
    return file
