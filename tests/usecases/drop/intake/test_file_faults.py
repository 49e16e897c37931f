"""A faulty file is refused with its reason before any of it is written; the other files continue."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from server.db.database import Database
from tests.usecases.drop.handover import (
    Handover,
    consumer_file,
    extranet_file,
    prinetti_file,
    register_file,
    smartship_file,
)
from tests.usecases.drop.state import faults, import_rows, state_of
from usecases.drop.base.errors import DropRefusedError
from usecases.drop.import_drop import import_drop

ONE_ROW = extranet_file({})
HEADER, ROW = ONE_ROW.splitlines(keepends=True)
UMLAUT = extranet_file({"sukunimi_etunimi": "Meikäläinen Matti"})

CASES: dict[str, tuple[str, bytes, int, dict[str, Any]]] = {
    "wrong checksum": ("CHECKSUM", ONE_ROW, 1, {"sha256": "0" * 64}),
    "too few rows": ("ROW_COUNT", ONE_ROW, 2, {}),
    "too many rows": ("ROW_COUNT", ONE_ROW + ROW, 1, {}),
    "empty": ("COLUMNS", b"", 0, {}),
    "a missing column": ("COLUMNS", ONE_ROW.replace(b";tila", b"").replace(b";A\r", b"\r"), 1, {}),
    "a comma file declared as semicolon": ("COLUMNS", ONE_ROW.replace(b";", b","), 1, {}),
    "a delimiter the file does not have": ("COLUMNS", ONE_ROW, 1, {"delimiter": ","}),
    "UTF-16 declared as UTF-8": ("ENCODING", ONE_ROW.decode("cp1252").encode("utf-16"), 1, {"encoding": "utf-8"}),
    "UTF-16 declared as Windows-1252": ("COLUMNS", ONE_ROW.decode("cp1252").encode("utf-16-le"), 1, {}),
    "Windows-1252 declared as UTF-8": ("ENCODING", UMLAUT, 1, {"encoding": "utf-8"}),
    "UTF-8 declared as Windows-1252": ("DAMAGED_TEXT", UMLAUT.decode("cp1252").encode(), 1, {}),
    "UTF-8 read wrongly before us": (
        "DAMAGED_TEXT",
        UMLAUT.decode("cp1252").encode().decode("cp1252").encode(),
        1,
        {"encoding": "utf-8"},
    ),
    "letters lost before us": (
        "DAMAGED_TEXT",
        UMLAUT.decode("cp1252").replace("ä", "\N{REPLACEMENT CHARACTER}").encode(),
        1,
        {"encoding": "utf-8"},
    ),
    "a byte that Windows-1252 does not have": ("ENCODING", ONE_ROW.replace(b"Liisa", b"Li\x81sa"), 1, {}),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_bad_file_is_refused_whole_and_the_others_go_on(case: str, database: Database, tmp_path: Path) -> None:
    code, content, rows, declared = CASES[case]
    drop = Handover(tmp_path).add("EXTRANET", content, rows, **declared).add("OMAPOSTI", consumer_file({}), 1)
    assert await faults(database.engine, drop.written()) == {"extranet-1": code, "omaposti-1": None}
    state = await state_of(database.engine)
    assert {row[0] for row in state["codes"]} == {"OMAPOSTI"}
    assert [row[0] for row in state["outcomes"]] == ["omaposti-1"]


async def test_a_missing_file_and_a_link_out_of_the_folder_are_refused(database: Database, tmp_path: Path) -> None:
    drop = Handover(tmp_path / "drop").add("EXTRANET", ONE_ROW, 1).add("OMAPOSTI", consumer_file({}), 1)
    (tmp_path / "drop" / "extranet-1").rename(tmp_path / "elsewhere")
    (tmp_path / "drop" / "extranet-1").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "drop" / "omaposti-1").unlink()
    assert await faults(database.engine, drop.written()) == {"extranet-1": "MISSING", "omaposti-1": "MISSING"}


async def test_file_with_a_wrong_delimiter_has_too_many_rejects(database: Database, tmp_path: Path) -> None:
    commas = prinetti_file(*({"user": f"u{n}"} for n in range(20))).replace(b"\t", b",")
    drop = Handover(tmp_path).add("PRINETTI", commas, 20)
    assert await faults(database.engine, drop.written()) == {"prinetti-1": "TOO_MANY_REJECTS"}
    assert (await state_of(database.engine))["outcomes"] == []


async def test_a_repaired_file_is_taken_by_the_same_drop(database: Database, tmp_path: Path) -> None:
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1).add("EXTRANET", ONE_ROW, 1).written()
    (tmp_path / "extranet-1").unlink()
    assert (await faults(database.engine, drop))["extranet-1"] == "MISSING"
    (tmp_path / "extranet-1").write_bytes(ONE_ROW)
    assert (await faults(database.engine, drop))["extranet-1"] is None
    assert [row["outcome"] for row in await import_rows(database.engine, drop)] == ["CREATE_PENDING"]


async def test_fault_is_audited_once(database: Database, tmp_path: Path) -> None:
    drop = Handover(tmp_path).add("EXTRANET", ONE_ROW, 2).written()
    for _ in range(2):
        await faults(database.engine, drop)
    async with database.engine.connect() as connection:
        entries = (await connection.execute(text("SELECT action, actor_name, changes FROM audit_entries"))).all()
    assert entries == [("drop.fileRefuse", "drop-import", {"fault": "ROW_COUNT"})]


async def test_older_sequence_is_refused_and_repeated_file_is_not_read_again(
    database: Database, tmp_path: Path
) -> None:
    second = Handover(tmp_path / "2").add("EXTRANET", ONE_ROW, 1, sequence=2).written()
    assert await faults(database.engine, second) == {"extranet-2": None}
    older = Handover(tmp_path / "1").add("EXTRANET", ONE_ROW, 1, sequence=1).written()
    assert await faults(database.engine, older) == {"extranet-1": "OLDER_SEQUENCE"}
    other = extranet_file({"asiointitunnus": "EXT2"})
    reused = Handover(tmp_path / "3").add("EXTRANET", other, 1, sequence=2).written()
    assert await faults(database.engine, reused) == {"extranet-2": "OLDER_SEQUENCE"}
    before = await state_of(database.engine)
    repeated = Handover(tmp_path / "4").add("EXTRANET", ONE_ROW, 1, sequence=2).add("SMARTSHIP", smartship_file(), 0)
    summary = await import_drop(database.engine, repeated.written())
    assert summary["files"][0].pop("importedAlreadyAt")
    assert summary["files"][0] == {"name": "extranet-2", "rows": 1, "outcomes": {}, "alreadyImported": True}
    assert await state_of(database.engine) == before


async def test_an_unknown_service_is_refused(database: Database, tmp_path: Path) -> None:
    drop = Handover(tmp_path).add("EXTRANET", ONE_ROW, 1)
    drop.manifest["files"][0]["service"] = "NETPOSTI"
    assert await faults(database.engine, drop.written()) == {"extranet-1": "UNKNOWN_SERVICE"}


MANIFESTS: dict[str, Any] = {
    "not JSON": "{",
    "not an object": "[]",
    "no files": {"files": []},
    "an unknown version": {"formatVersion": 2},
    "a time without a zone": {"producedAt": "2020-02-28T23:10:00"},
    "a word that we do not know": {"comment": "hello"},
    "a path out of the folder": {"name": "../extranet-1"},
    "an absolute path": {"name": "/etc/passwd"},
    "a Windows path": {"name": "..\\extranet-1"},
    "the folder itself": {"name": ".."},
    "a name with a NUL": {"name": "a\0b"},
    "an unknown format": {"format": "extranet-csv-2"},
    "an unknown encoding": {"encoding": "utf-7"},
    "no checksum": {"sha256": ""},
    "a negative row count": {"rows": -1},
    "rows as a text": {"rows": "1"},
    "no sequence": {"sequence": 0},
    "a service for the register": {"format": "prh-company-jsonl-3"},
    "no service": {"service": None},
}


@pytest.mark.parametrize("case", MANIFESTS)
async def test_a_manifest_that_cannot_be_trusted_refuses_the_drop(
    case: str, database: Database, tmp_path: Path
) -> None:
    drop = Handover(tmp_path).add("EXTRANET", ONE_ROW, 1)
    change = MANIFESTS[case]
    if isinstance(change, dict):
        target = (
            drop.manifest
            if change.keys() & {"files", "formatVersion", "producedAt", "comment"}
            else drop.manifest["files"][0]
        )
        target |= change
    text_of_manifest = change if isinstance(change, str) else json.dumps(drop.manifest)
    (tmp_path / "manifest.json").write_text(text_of_manifest)
    with pytest.raises(DropRefusedError, match="correct it"):
        await import_drop(database.engine, tmp_path)
    assert (await state_of(database.engine))["outcomes"] == []


async def test_a_folder_without_a_manifest_or_with_a_file_twice_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(DropRefusedError, match="name a folder"):
        await import_drop(database.engine, tmp_path)
    drop = Handover(tmp_path).add("EXTRANET", ONE_ROW, 1)
    drop.manifest["files"] *= 2
    with pytest.raises(DropRefusedError, match="once only"):
        await import_drop(database.engine, drop.written())
