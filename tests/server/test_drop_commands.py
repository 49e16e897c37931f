"""The command line as a person runs it: a process with arguments, two streams and an exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.database import Database
from tests.usecases.drop.handover import SAMPLE, Handover, extranet_file, register_file

PROJECT = Path(__file__).parents[2]
EXPECTED = [json.loads(line) for line in (SAMPLE / "expected.jsonl").read_text().splitlines()]


@pytest.fixture
def omaposti(database: Database, dsn: str) -> "Run":
    return Run(dsn)


class Run:
    """Runs `omaposti drop …` against the test's database."""

    def __init__(self, dsn: str) -> None:
        self._environment = {**os.environ, "DATABASE_URL": dsn, "COLUMNS": "200"}

    def __call__(self, *arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from server.cli import run; run()", "drop", *map(str, arguments)]
        environment = self._environment | settings
        return subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )


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


def test_a_clean_drop_leaves_with_0_and_a_faulty_file_with_1(omaposti: Run, tmp_path: Path) -> None:
    clean = Handover(tmp_path / "a").add("REGISTER", register_file(), 1).add("EXTRANET", extranet_file({}), 1)
    assert omaposti("import", clean.written()).returncode == 0
    faulty = Handover(tmp_path / "b").add("EXTRANET", extranet_file({}), 7, sequence=2)
    ran = omaposti("import", faulty.written())
    assert ran.returncode == 1
    assert (
        "extranet-2: not imported (ROW_COUNT): 1 rows where the manifest says 7; ask for the whole file" in ran.stderr
    )


def test_an_import_takes_the_connections_it_needs_however_few_a_server_has(omaposti: Run) -> None:
    ran = omaposti("import", SAMPLE, "--json", OMAPOSTI_POOL_SIZE="1", OMAPOSTI_POOL_WAIT="0.1")
    assert [json.loads(line) for line in ran.stdout.splitlines()[:-1]] == EXPECTED


def test_a_refused_drop_is_one_clear_line(omaposti: Run, tmp_path: Path) -> None:
    ran = omaposti("import", tmp_path)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "omaposti: nothing was imported: cannot read" in ran.stderr
    assert "Traceback" not in ran.stderr
