"""Repeated import of a drop: its files are compared with the imported ones, and nothing is written."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from server.db.database import Database
from tests.usecases.drop.handover import SAMPLE, Handover, consumer_file, extranet_file, register_file, smartship_file
from tests.usecases.drop.state import counted, state_of
from usecases.drop import wrap_hashes as proving
from usecases.drop.base.progress import Step
from usecases.drop.import_drop import imported_drop
from usecases.drop.intake import staging
from usecases.drop.report.reconciliation import FileReport, ThisRun

MD5 = "c4643910cd6e6819733e1b3262e1ae17"


async def run(database: Database, drop: Path, **options: Any) -> tuple[ThisRun, list[FileReport]]:
    async with imported_drop(database.engine, drop, **options) as report:
        return report.this_run, await report.files()


def differing(files: list[FileReport]) -> dict[str, str]:
    return {file.name: file.mismatch.code for file in files if file.mismatch is not None}


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample"))


@pytest.mark.parametrize("dry_run", [False, True])
async def test_repeated_import_compares_files_and_writes_nothing(
    dry_run: bool, database: Database, sample: Path
) -> None:
    first, _ = await run(database, sample)
    assert first.completed_at is None
    before = await counted(database.engine), await state_of(database.engine)
    again, files = await run(database, sample, dry_run=dry_run)
    assert again.completed_at is not None
    assert all(file.imported_at is not None for file in files)
    (sample / "prinetti.tsv").unlink()
    with (sample / "extranet_2020-02-28.csv").open("ab") as file:
        file.write(b"x")
    _, files = await run(database, sample, dry_run=dry_run)
    assert differing(files) == {"prinetti.tsv": "MISSING", "extranet_2020-02-28.csv": "CHECKSUM"}
    assert (await counted(database.engine), await state_of(database.engine)) == before


async def test_drop_older_than_the_newest_is_still_imported_already(database: Database, tmp_path: Path) -> None:
    one = Handover(tmp_path / "1").add("EXTRANET", extranet_file({}), 1).written()
    two = Handover(tmp_path / "2").add("EXTRANET", extranet_file({"puhelin": ""}), 1, 2).written()
    for drop in (one, two):
        await run(database, drop)
    again, files = await run(database, one)
    assert again.completed_at is not None
    assert differing(files) == {}


async def test_old_file_in_a_new_drop_is_imported_already(database: Database, tmp_path: Path) -> None:
    """The imported file itself is not an older sequence, although a newer one has come since."""
    for sequence in (1, 2):
        drop = Handover(tmp_path / str(sequence))
        await run(database, drop.add("EXTRANET", extranet_file({"puhelin": f"{sequence}"}), 1, sequence).written())
    again = Handover(tmp_path / "3").add("EXTRANET", extranet_file({"puhelin": "1"}), 1)
    again.add("SMARTSHIP", smartship_file(), 0)
    _, files = await run(database, again.written())
    assert [(file.is_repeat, file.fault_code, file.imported_at is not None) for file in files] == [
        (True, None, True),
        (False, None, False),
    ]


async def test_missing_repeated_file_in_a_new_drop_is_its_fault(database: Database, tmp_path: Path) -> None:
    await run(database, Handover(tmp_path / "1").add("EXTRANET", extranet_file({}), 1).written())
    again = Handover(tmp_path / "2").add("EXTRANET", extranet_file({}), 1).add("OMAPOSTI", consumer_file({}), 1)
    (again.path / "extranet-1").unlink()
    _, files = await run(database, again.written())
    assert [(file.is_repeat, file.fault_code) for file in files] == [(False, "MISSING"), (False, None)]


def hashed_drop(path: Path, rows: int = 9) -> Path:
    people = ({"asiointitunnus": f"E{n}", "sahkoposti": f"p{n}@aho.example", "salasana": MD5} for n in range(rows))
    drop = Handover(path).add("REGISTER", register_file(), 1).add("EXTRANET", extranet_file(*people), rows)
    return drop.written()


async def wrapped_hashes(database: Database) -> int:
    async with database.engine.connect() as connection:
        return int((await connection.execute(text("SELECT count(proof_hash) FROM legacy_codes"))).scalar_one())


async def test_interrupted_import_takes_no_hashes_from_an_altered_file(database: Database, tmp_path: Path) -> None:
    drop = hashed_drop(tmp_path)
    whole = (drop / "extranet-1").read_bytes()

    def breaking(step: Step, *_: int) -> None:
        if step is Step.DECIDE:
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await run(database, drop, progress=breaking)
    (drop / "extranet-1").write_bytes(whole.replace(MD5.encode(), MD5[::-1].encode()))
    again, files = await run(database, drop)
    assert again.completed_at is None
    assert differing(files) == {"extranet-1": "CHECKSUM"}
    assert await wrapped_hashes(database) == 0
    (drop / "extranet-1").write_bytes(whole)
    await run(database, drop)
    assert await wrapped_hashes(database) == 9
    again, files = await run(database, drop)
    assert again.completed_at is not None
    assert differing(files) == {}


async def test_file_that_changes_while_hashes_are_taken_gives_none(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "HASHES", 2)
    drop = hashed_drop(tmp_path)
    whole = (drop / "extranet-1").read_bytes()

    def changing(step: Step, *_: int) -> None:
        if step is Step.WRAP:
            (drop / "extranet-1").write_bytes(whole + b"x")

    monkeypatch.setattr("usecases.drop.formats.decoding.CHUNK", 64)
    _, files = await run(database, drop, progress=changing)
    assert differing(files) == {"extranet-1": "CHANGED"}
    assert await wrapped_hashes(database) == 0
    (drop / "extranet-1").write_bytes(whole)
    _, files = await run(database, drop)
    assert (differing(files), await wrapped_hashes(database)) == ({}, 9)


@pytest.mark.parametrize("change", ["longer", "shorter", "gone"])
async def test_file_that_changes_while_rows_are_read_is_refused_whole(
    change: str, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "BATCH_SIZE", 2)
    monkeypatch.setattr("usecases.drop.formats.decoding.CHUNK", 64)
    drop = Handover(tmp_path).add("EXTRANET", extranet_file(*({"asiointitunnus": f"E{n}"} for n in range(20))), 20)
    drop.add("OMAPOSTI", consumer_file({}), 1)
    file, whole = tmp_path / "extranet-1", (tmp_path / "extranet-1").read_bytes()

    def changing(step: Step, *_: int) -> None:
        if step is Step.VERIFY:
            file.unlink(missing_ok=True)
            if change != "gone":
                file.write_bytes(whole + b"x" if change == "longer" else whole[:-200])

    _, files = await run(database, drop.written(), progress=changing)
    assert [report.fault_code for report in files] == ["MISSING" if change == "gone" else "CHANGED", None]
    assert {row[0] for row in (await state_of(database.engine))["outcomes"]} == {"omaposti-1"}
    file.write_bytes(whole)
    _, files = await run(database, drop.written())
    assert [report.fault_code for report in files] == [None, None]
    assert len((await state_of(database.engine))["outcomes"]) == 21


async def test_register_that_changes_while_it_is_read_is_refused(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("usecases.drop.formats.decoding.CHUNK", 64)
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1).written()
    whole = (drop / "register-1").read_bytes()

    def changing(step: Step, *_: int) -> None:
        if step is Step.VERIFY:
            (drop / "register-1").write_bytes(whole + b"\n")

    _, files = await run(database, drop, progress=changing)
    assert [file.fault_code for file in files] == ["CHANGED"]
    (drop / "register-1").write_bytes(whole)
    _, files = await run(database, drop)
    assert [(file.fault_code, file.companies) for file in files] == [(None, 1)]
