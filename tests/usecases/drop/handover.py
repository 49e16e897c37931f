"""Drops for tests: a folder with files in the services' layouts, and a manifest that fits by default."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from usecases.drop.formats import extranet, smartship

SAMPLE = Path(__file__).parents[3] / "samples" / "drop-0001"

LAYOUTS: dict[str, dict[str, Any]] = {
    "EXTRANET": {"format": "extranet-csv-1", "encoding": "windows-1252", "delimiter": ";"},
    "SMARTSHIP": {"format": "smartship-csv-1", "encoding": "utf-8-sig", "delimiter": ";"},
    "OMAPOSTI": {"format": "omaposti-jsonl-1", "encoding": "utf-8"},
    "PRINETTI": {"format": "prinetti-tsv-1", "encoding": "iso-8859-1", "delimiter": "\t"},
    "REGISTER": {"format": "prh-company-jsonl-3", "encoding": "utf-8"},
}
AHO = "9100001-3"


class Handover:
    """A drop in the making: add files, change their manifest entries, and write the folder."""

    def __init__(self, path: Path, produced_at: str = "2020-02-28T23:10:00+02:00") -> None:
        self.path = path
        self.manifest: dict[str, Any] = {"formatVersion": 1, "producedAt": produced_at, "files": []}
        path.mkdir(parents=True, exist_ok=True)

    def add(self, service: str, content: bytes, rows: int, sequence: int = 1, **declared: Any) -> "Handover":
        """Add a file of a service (or the REGISTER); `declared` overrides its manifest entry."""
        name = f"{service.lower()}-{sequence}"
        self.manifest["files"].append(
            {
                "name": name,
                "service": None if service == "REGISTER" else service,
                "sequence": sequence,
                "rows": rows,
                "sha256": hashlib.sha256(content).hexdigest(),
                **LAYOUTS[service],
                **declared,
            }
        )
        (self.path / name).write_bytes(content)
        return self

    def written(self) -> Path:
        """Write the manifest and return the folder."""
        (self.path / "manifest.json").write_text(json.dumps(self.manifest))
        return self.path


def extranet_file(*rows: dict[str, str]) -> bytes:
    """Return an Extranet file; missing cells are those of an ordinary member of Kuljetus Aho."""
    return _delimited(extranet.COLUMNS, (_EXTRANET | row for row in rows)).encode("windows-1252")


def smartship_file(*rows: dict[str, str]) -> bytes:
    """Return a SmartShip file of ordinary users of Kuljetus Aho."""
    return _delimited(smartship.COLUMNS, (_SMARTSHIP | row for row in rows)).encode("utf-8-sig")


def prinetti_file(*rows: dict[str, str]) -> bytes:
    """Return a Prinetti file of ordinary users of Kuljetus Aho."""
    return "".join("\t".join((_PRINETTI | row).values()) + "\n" for row in rows).encode("windows-1252")


def consumer_file(*rows: dict[str, Any]) -> bytes:
    """Return an OmaPosti file of verified consumers."""
    return _json_lines(_CONSUMER | row for row in rows)


def register_file(*rows: dict[str, Any]) -> bytes:
    """Return a register file, by default with Kuljetus Aho alone."""
    return _json_lines(_COMPANY | row for row in rows or ({},))


_EXTRANET = {
    "asiointitunnus": "EXT1",
    "palvelu": "EXTRANET",
    "sukunimi_etunimi": "Virtanen Liisa",
    "sahkoposti": "liisa@aho.example",
    "puhelin": "040 123 4567",
    "kieli": "fi",
    "y_tunnus": AHO,
    "asiakasnumero": "0001",
    "sopimusnumero": "612345",
    "rooli": "Käyttäjä",
    "pk": "E",
    "viim_kirjautuminen": "3.2.2020 8:05",
    "salasana": "",
    "tila": "A",
}
_SMARTSHIP = {
    "user_id": "FI91000013",
    "profile_id": "liisa",
    "display_name": "Liisa Virtanen",
    "email": "liisa@aho.example",
    "lang": "fi",
    "customer_no": "612345",
    "role": "user",
    "shared": "0",
    "password_hash": "",
    "last_login": "2020-02-03T06:05:00Z",
}
_PRINETTI = {
    "number": "0012",
    "group": "prin",
    "user": "liisa",
    "organization": "KULJETUS AHO OY",
    "business_id": AHO,
    "name": "Liisa Virtanen",
    "email": "liisa@aho.example",
    "last_login": "20200203",
}
_CONSUMER = {
    "omapostiId": "c-1",
    "email": "liisa@aho.example",
    "emailVerified": True,
    "firstName": "Liisa",
    "lastName": "Virtanen",
    "language": "fi",
    "hash": None,
}
_COMPANY = {
    "businessId": {"value": AHO},
    "names": [{"name": "Kuljetus Aho Oy", "type": "1"}],
    "tradeRegisterStatus": "1",
}


def _delimited(columns: list[str], rows: Iterable[dict[str, str]]) -> str:
    lines = [";".join(columns), *(";".join(map(_quoted, row.values())) for row in rows)]
    return "".join(line + "\r\n" for line in lines)


def _quoted(cell: str) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if any(mark in cell for mark in ';"\r\n') else cell


def _json_lines(rows: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
