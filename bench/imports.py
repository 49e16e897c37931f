"""Speed and memory of drop imports by the command `omaposti drop import`: rows a second, and growth with size."""

import csv
import hashlib
import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.database import FOLDER, IMPORTS, Cluster, empty_database
from bench.servers import OMAPOSTI, BenchError, own_environment

ROWS = 50_000
EXTRANET = (
    "asiointitunnus;palvelu;sukunimi_etunimi;sahkoposti;puhelin;kieli;y_tunnus;asiakasnumero;sopimusnumero;rooli;pk"
)
EXTRANET_COLUMNS = [*EXTRANET.split(";"), "viim_kirjautuminen", "salasana", "tila"]
STAFFING = 20  # codes of one organization
WEIGHTS = (7, 9, 10, 5, 8, 4, 2)  # of the digits of a Business ID


@dataclass(frozen=True, slots=True)
class Import:
    """One import: rows, seconds of run time and of processor time, peak memory in MB."""

    rows: int
    seconds: float
    processor: float
    megabytes: float

    @property
    def rate(self) -> float:
        """Return rows per second."""
        return self.rows / self.seconds


def measure_imports(cluster: Cluster, tick: Callable[[], None]) -> list[Import]:
    """Import a drop without password hashes, and one four times as large, each into an empty database."""
    imports = []
    for factor in (1, 4):
        folder = _written(FOLDER / f"drop-{factor}", ROWS * factor)
        empty_database(cluster, IMPORTS)
        imports.append(_imported(folder, cluster.dsn(IMPORTS), ROWS * factor))
        tick()
    return imports


def _imported(folder: Path, dsn: str, rows: int) -> Import:
    command = [*OMAPOSTI, "drop", "import", str(folder)]
    environment = {**own_environment(), "DATABASE_URL": dsn}
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise BenchError(f"the import failed; run `omaposti drop import {folder}` with DATABASE_URL='{dsn}' to see why")
    return Import(rows, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3)


def _written(folder: Path, rows: int) -> Path:
    """Write a drop of two equally long files: consumers, and codes of organizations in the register."""
    folder.mkdir(parents=True, exist_ok=True)
    half = rows // 2
    organizations = [_business_id(number) for number in range(half // STAFFING)]
    files = [
        _consumers(folder / "omaposti_consumers.jsonl", rows - half - len(organizations)),
        _extranet(folder / "extranet.csv", half, organizations),
        _register(folder / "register.jsonl", organizations),
    ]
    manifest = {"formatVersion": 1, "producedAt": "2020-02-28T23:10:00+02:00", "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def _consumers(path: Path, rows: int) -> dict[str, Any]:
    with path.open("w") as file:
        for number in range(rows):
            consumer = {
                "omapostiId": f"c-{number}",
                "email": f"kuluttaja-{number}@bench.example",
                "emailVerified": True,
            }
            names = {"firstName": "Aino", "lastName": f"Järvinen-{_letters(number)}", "language": "fi"}
            rest = {"createdAt": "2018-05-14T10:00:00Z", "hash": None, "marketing": False}
            file.write(json.dumps({**consumer, **names, **rest}, ensure_ascii=False) + "\n")
    return _entry(path, rows, service="OMAPOSTI", format="omaposti-jsonl-1", encoding="utf-8")


def _extranet(path: Path, rows: int, organizations: list[str]) -> dict[str, Any]:
    with path.open("w", encoding="windows-1252", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(EXTRANET_COLUMNS)
        for number in range(rows):
            role = "Käyttäjä" if number % STAFFING else "Pääkäyttäjä"
            organization = organizations[number // STAFFING % len(organizations)]
            person = [
                f"Virtanen {_letters(number)}",
                f"{_letters(number)}@yritys-{number // STAFFING}.example",
                f"040 {number // 10_000:03} {number % 10_000:04}",
                "fi",
            ]
            rest = [organization, f"{number:010}", "612345", role, "E", "3.2.2020 8:05", "", "A"]
            writer.writerow([f"EXT{number:07}", "EXTRANET", *person, *rest])
    return _entry(path, rows, service="EXTRANET", format="extranet-csv-1", encoding="windows-1252", delimiter=";")


def _register(path: Path, organizations: list[str]) -> dict[str, Any]:
    with path.open("w") as file:
        for business_id in organizations:
            name = {"name": f"Kuljetus {business_id} Oy", "type": "1", "registrationDate": "2001-04-01", "version": 1}
            company = {"businessId": {"value": business_id, "registrationDate": "2001-04-01"}, "names": [name]}
            file.write(
                json.dumps({**company, "tradeRegisterStatus": "1", "lastModified": "2020-02-28T00:00:00"}) + "\n"
            )
    return _entry(path, len(organizations), service=None, format="prh-company-jsonl-3", encoding="utf-8")


def _entry(path: Path, rows: int, **described: Any) -> dict[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"name": path.name, "sequence": 1, "rows": rows, "sha256": digest, **described}


def _letters(number: int) -> str:
    """Return a name without digits, different for each number."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def _business_id(number: int) -> str:
    """Return a valid Business ID, different for each number: the first of ten numbers that has a check digit."""
    body = f"{2_000_000 + number * 10:07}"
    for last in "0123456789":
        digits = body[:6] + last
        remainder = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
        if remainder != 1:
            return f"{digits}-{(11 - remainder) % 11}"
    raise AssertionError("two neighbouring numbers never both lack a check digit")
