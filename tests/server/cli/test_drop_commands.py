"""`omaposti drop …` in a process, with arguments, output and exit code."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server.db.database import Database
from tests.server.cli import command_line
from tests.usecases.drop.handover import SAMPLE, Handover, extranet_file, register_file

PROJECT = Path(__file__).parents[3]
EXPECTED = [json.loads(line) for line in (SAMPLE / "expected.jsonl").read_text().splitlines()]


@pytest.fixture
def omaposti(database: Database, dsn: str) -> "Run":
    return Run(dsn)


class Run:
    """Runs `omaposti drop …` against the test's database."""

    def __init__(self, dsn: str) -> None:
        self._environment = {**os.environ, "DATABASE_URL": dsn, "COLUMNS": "200"}

    def __call__(self, *arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        return command_line.omaposti("drop", *arguments, environment=self._environment | settings)


def test_json_is_a_line_for_each_row_as_expected_and_then_the_summary(omaposti: Run) -> None:
    ran = omaposti("import", SAMPLE, "--json")
    *rows, summary = map(json.loads, ran.stdout.splitlines())
    assert rows == EXPECTED
    assert summary["summary"]["rows"] == 43
    assert summary["summary"]["companies"] + sum(summary["summary"]["outcomes"].values()) == 43
    assert ran.returncode == 1, "a row was rejected"


def test_a_dry_run_prints_the_same_and_keeps_nothing(omaposti: Run) -> None:
    dry = omaposti("import", SAMPLE, "--json", "--dry-run")
    assert "No drop has been imported" in omaposti("report").stderr
    real = omaposti("import", SAMPLE, "--json")
    assert dry.stdout == real.stdout


def test_people_get_a_table_and_a_line_for_each_rejected_row(omaposti: Run) -> None:
    ran = omaposti("import", SAMPLE)
    assert "prinetti.tsv row 4: rejected, COLUMN_COUNT" in ran.stderr
    assert "expected.jsonl: not in the manifest, so not read" in ran.stderr
    assert "LINK_EXISTING_PENDING" in ran.stdout
    assert ran.stdout.count("= sum") == 5
    report = omaposti("report")
    assert report.stdout.count("= sum") == 5
    assert report.returncode == 0


def test_clean_drop_exits_with_0_and_faulty_file_with_1(omaposti: Run, tmp_path: Path) -> None:
    clean = Handover(tmp_path / "a").add("REGISTER", register_file(), 1).add("EXTRANET", extranet_file({}), 1)
    assert omaposti("import", clean.written()).returncode == 0
    faulty = Handover(tmp_path / "b").add("EXTRANET", extranet_file({}), 7, sequence=2)
    ran = omaposti("import", faulty.written())
    assert ran.returncode == 1
    assert (
        "extranet-2: not imported (ROW_COUNT): 1 rows where the manifest says 7; ask for the whole file" in ran.stderr
    )


def test_import_takes_its_connections_despite_a_small_pool(omaposti: Run) -> None:
    ran = omaposti("import", SAMPLE, "--json", OMAPOSTI_POOL_SIZE="1", OMAPOSTI_POOL_WAIT="0.1")
    assert [json.loads(line) for line in ran.stdout.splitlines()[:-1]] == EXPECTED


def test_a_refused_drop_is_one_clear_line(omaposti: Run, tmp_path: Path) -> None:
    ran = omaposti("import", tmp_path)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "omaposti: nothing was imported: cannot read" in ran.stderr
    assert "Traceback" not in ran.stderr


ON_A_DATE = r"on \d{4}-\d\d-\d\d at \d\d:\d\d Europe/Helsinki"


def test_repeated_import_says_when_and_succeeds(omaposti: Run) -> None:
    """The sample has a rejected row; the first import reports it with exit code 1, the repeated one rejects nothing."""
    omaposti("import", SAMPLE)
    again = omaposti("import", SAMPLE)
    assert again.returncode == 0
    assert re.search(f"Imported already {ON_A_DATE}", again.stdout)
    assert re.search(f"prinetti.tsv: imported already {ON_A_DATE}", again.stderr)
    assert "Every file is the one that was imported; nothing was changed." in again.stderr
    assert "rejected" not in again.stderr
    dry = omaposti("import", SAMPLE, "--dry-run")
    assert (dry.returncode, dry.stdout) == (0, again.stdout)


def test_repeated_import_names_a_missing_and_an_altered_file(omaposti: Run, tmp_path: Path) -> None:
    drop = shutil.copytree(SAMPLE, tmp_path / "drop")
    omaposti("import", drop)
    report = omaposti("report", "--json").stdout
    (drop / "prinetti.tsv").unlink()
    (drop / "register_prh_v3.jsonl").write_text("{}")
    again = omaposti("import", drop)
    assert again.returncode == 1
    assert "prinetti.tsv: not the file that was imported (MISSING): the folder has no such file" in again.stderr
    assert "register_prh_v3.jsonl: not the file that was imported (CHECKSUM)" in again.stderr
    assert "Not every file is the one that was imported; nothing was changed." in again.stderr
    assert omaposti("report", "--json").stdout == report


def test_repeated_import_prints_the_same_json(omaposti: Run, tmp_path: Path) -> None:
    drop = shutil.copytree(SAMPLE, tmp_path / "drop")
    first = omaposti("import", drop, "--json").stdout.splitlines()
    (drop / "prinetti.tsv").unlink()
    for options in ((), ("--dry-run",)):
        again = omaposti("import", drop, "--json", *options)
        *rows, summary = again.stdout.splitlines()
        told = json.loads(summary)["summary"]
        assert (again.returncode, rows) == (1, first[:-1])
        assert told["importedAlreadyAt"].endswith("+00:00")
        assert all(file["importedAlreadyAt"] for file in told["files"])
        assert {file["name"]: file["mismatch"]["code"] for file in told["files"] if "mismatch" in file} == {
            "prinetti.tsv": "MISSING"
        }


def test_old_sequence_is_refused_with_the_date_of_the_newer(omaposti: Run, tmp_path: Path) -> None:
    newer = Handover(tmp_path / "2").add("EXTRANET", extranet_file({}), 1, sequence=2)
    omaposti("import", newer.written())
    older = Handover(tmp_path / "1").add("EXTRANET", extranet_file({"puhelin": ""}), 1, sequence=1)
    ran = omaposti("import", older.written())
    assert ran.returncode == 1
    assert "Nothing was imported" in ran.stdout
    assert re.search(rf"\(OLDER_SEQUENCE\): sequence 2 was imported {ON_A_DATE}; ask the sender", ran.stderr)


@pytest.mark.parametrize("manifest", ["a pipe", "[" * 100_000, '{"a\\n\\u001b[2J": 1}', ""])
def test_manifest_that_cannot_be_read_is_one_line(manifest: str, omaposti: Run, tmp_path: Path) -> None:
    if manifest == "a pipe":
        os.mkfifo(tmp_path / "manifest.json")
    else:
        (tmp_path / "manifest.json").write_text(manifest)
    ran = omaposti("import", tmp_path)
    (line,) = ran.stderr.strip().splitlines()
    assert ran.returncode == 1
    assert line.startswith("omaposti: nothing was imported: ")
    assert line.isprintable()


def test_file_names_are_no_markup_and_no_commands_to_a_terminal(omaposti: Run, tmp_path: Path) -> None:
    drop = Handover(tmp_path).add("EXTRANET", extranet_file({}), 1, name="[bold]\x7f[")
    (tmp_path / "[bold]\x7f[").write_bytes(extranet_file({}))
    (tmp_path / os.fsdecode(b"\xe4")).touch()
    for options in ((), ("--json",)):
        ran = omaposti("import", drop.written(), *options)
        assert "Traceback" not in ran.stderr
        assert "\\udce4: not in the manifest" in ran.stderr
    assert "[bold]\\x7f[" in omaposti("report").stdout


def test_outcome_is_explained_in_plain_words(omaposti: Run) -> None:
    """Needs no database: a wrong address has no effect."""
    ran = omaposti("report", "--explain", "needs_email", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert ran.returncode == 0
    assert [line.partition(" ")[0] for line in ran.stdout.splitlines()] == ["NEEDS_EMAIL", "The", "Next:", "Who:"]


def test_unknown_outcome_gets_the_nearest_names(omaposti: Run) -> None:
    ran = omaposti("report", "--explain", "NEED_EMAIL")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "nothing is called NEED_EMAIL; did you mean NEEDS_EMAIL" in ran.stderr


def test_page_of_outcomes_is_what_the_command_prints(omaposti: Run) -> None:
    kept = (PROJECT / "docs" / "outcomes.md").read_text("utf-8")
    assert omaposti("report", "--explain", "all").stdout == kept, (
        "omaposti drop report --explain all > docs/outcomes.md"
    )
