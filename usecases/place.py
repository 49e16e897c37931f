"""Rough places of network addresses, country and city, from a local database of the operator.

People cannot read a network such as 192.0.2.0/24, and no outside service must learn the place of a sign-in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from models.account import Language
from models.values.network import network_of

if TYPE_CHECKING:
    from maxminddb.reader import Reader

log = structlog.get_logger()

LONGEST_CITY = 64  # characters; others write the database


class PlacesError(Exception):
    """The database of places cannot be used; the message is one line with the remedy."""


@dataclass(frozen=True, slots=True)
class Place:
    """A country by its ISO 3166 code, and a city by its name; either may be unknown."""

    country: str | None
    city: str | None

    @property
    def facts(self) -> dict[str, str]:
        """Return the place as the facts of a message."""
        return {name: fact for name, fact in (("country", self.country), ("city", self.city)) if fact}


class Places:
    """The places of networks; without a database no place is known."""

    def __init__(self, database: Path | None = None) -> None:
        """Open the database; raises PlacesError when it cannot be read."""
        self._reader = None if database is None else _opened(database)

    def find(self, address: str | None, language: Language) -> Place | None:
        """Return the place of an address or a network; the city's name is in that language, else in English."""
        # By the network, so that an address and the stored network of its session have the same place.
        network = network_of(address.partition("/")[0]) if address is not None and self._reader is not None else None
        record = self._record(network.partition("/")[0]) if network is not None else {}
        country, city = _named(record, "country"), _named(record, "city")
        names = _named(city, "names")
        code, name = country.get("iso_code"), names.get(language, names.get("en"))
        place = Place(code if isinstance(code, str) else None, name[:LONGEST_CITY] if isinstance(name, str) else None)
        return place if place.facts else None

    def text(self, address: str | None, language: Language) -> str | None:
        """Return the place for a reader: `Tampere, Finland`."""
        place = self.find(address, language)
        return place_text(language, place.country, place.city) if place is not None else None

    def _record(self, address: str) -> Mapping[str, Any]:
        from maxminddb import InvalidDatabaseError  # noqa: PLC0415 - for operators who give a database

        assert self._reader is not None
        try:
            found = self._reader.get(address)
        except (InvalidDatabaseError, ValueError):  # a database without IPv6 has no such address
            log.warning("no place can be read from the GeoIP database", exc_info=True)
            return {}
        return found if isinstance(found, dict) else {}


def place_text(language: Language, country: str | None, city: str | None) -> str | None:
    """Return a place for a reader, None if nothing of it is known."""
    country_name = _countries(language).get(country, country) if country else None
    return ", ".join(filter(None, [city, country_name])) or None


def _opened(database: Path) -> "Reader":
    from maxminddb import InvalidDatabaseError, open_database  # noqa: PLC0415 - for operators who give a database

    try:
        return open_database(database)
    except (OSError, ValueError, InvalidDatabaseError) as failure:
        raise PlacesError(
            f"OMAPOSTI_GEOIP_DATABASE: {database} cannot be read ({type(failure).__name__}); "
            "name a GeoIP database of cities or countries in MMDB format, or leave the setting out"
        ) from failure


@cache
def _countries(language: Language) -> Mapping[str, str]:
    from babel import Locale  # noqa: PLC0415 - for operators who give a database

    return Locale(language.value).territories


def _named(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = record.get(name)
    return part if isinstance(part, dict) else {}
