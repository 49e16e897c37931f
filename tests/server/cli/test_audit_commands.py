"""`omaposti audit verify` and `omaposti account erase-due`, each in a process, with output and exit code."""

import json
import os
import subprocess
from pathlib import Path

import asyncpg
import pytest

from server.db.database import Database
from tests.facts import add_account
from tests.server.cli import command_line

WRITE = """INSERT INTO audit_entries (id, action, result, actor_id, subject_id, changes)
    SELECT gen_random_uuid(), 'test', 'DONE', $1, $1, '{}' FROM generate_series(1, 5)"""
PERSON = "01976f00-0000-7000-8000-00000000002a"  # of lane 42


@pytest.fixture
async def owner(database: Database, dsn: str) -> asyncpg.Connection:
    return await asyncpg.connect(dsn)


def omaposti(dsn: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line against the test's database."""
    environment = {**os.environ, "DATABASE_URL": dsn, "COLUMNS": "200"}
    return command_line.omaposti(*arguments, environment=environment)


async def test_unbroken_chain_is_reported(owner: asyncpg.Connection, dsn: str) -> None:
    await owner.execute(WRITE, PERSON)
    await owner.close()
    ran = omaposti(dsn, "audit", "verify")
    assert (ran.returncode, ran.stdout) == (0, "5 entries in 1 lanes: the chain holds.\n")
    assert "Verifying" in ran.stderr


async def test_first_break_is_named_and_notes_reveal_truncation(
    owner: asyncpg.Connection, dsn: str, tmp_path: Path
) -> None:
    await owner.execute(WRITE, PERSON)
    noted = omaposti(dsn, "audit", "verify", "--json")
    told = json.loads(noted.stdout)
    assert (told["entries"], told["broken"], told["heads"]["42"]["position"]) == (5, None, 5)
    (tmp_path / "heads.json").write_text(noted.stdout)
    await owner.execute("SET session_replication_role = replica; DELETE FROM audit_links WHERE position = 5")
    await owner.execute("DELETE FROM audit_entries WHERE id NOT IN (SELECT entry_id FROM audit_links)")
    assert omaposti(dsn, "audit", "verify").returncode == 0
    cut = omaposti(dsn, "audit", "verify", "--noted", tmp_path / "heads.json")
    assert cut.returncode == 1
    assert "the link that was noted earlier is gone" in cut.stderr
    await owner.execute(
        "UPDATE audit_entries SET action = 'x' WHERE id = (SELECT entry_id FROM audit_links WHERE position = 3)"
    )
    entry = await owner.fetchval("SELECT entry_id FROM audit_links WHERE position = 3")
    await owner.close()
    broken = omaposti(dsn, "audit", "verify", "--json")
    assert broken.returncode == 1
    assert json.loads(broken.stdout)["broken"] == {
        "fault": "ENTRY_CHANGED",
        "entry": str(entry),
        "lane": 42,
        "position": 3,
    }
    assert f"lane 42, position 3, entry {entry}" in broken.stderr


NO_NOTES = [
    "",
    "[]",
    '{"heads": 3}',
    '{"heads": {"1": {}}}',
    '{"heads": {"x": null}}',
    '{"heads": {"1": {"position": 1e999, "hash": ""}}}',
    "[" * 100_000,
    " " * 1_000_001,
    "a pipe",
]


@pytest.mark.parametrize("content", NO_NOTES)
async def test_notes_that_cannot_be_read_are_one_clear_line(
    owner: asyncpg.Connection, dsn: str, tmp_path: Path, content: str
) -> None:
    await owner.close()
    if content == "a pipe":
        os.mkfifo(tmp_path / "heads.json")
    else:
        (tmp_path / "heads.json").write_text(content)
    ran = omaposti(dsn, "audit", "verify", "--noted", tmp_path / "heads.json")
    assert ran.returncode == 1
    assert "give what `omaposti audit verify --json` printed" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


async def test_due_accounts_are_erased_and_counted(owner: asyncpg.Connection, dsn: str) -> None:
    assert omaposti(dsn, "account", "erase-due").stdout == "0 accounts erased.\n"
    account = await add_account(owner, "a@posti.example", "CLOSED")
    await owner.execute(
        "INSERT INTO account_closures (id, account_id, undo_hash, erase_after) "
        "VALUES (gen_random_uuid(), $1, 'x', now() - interval '1 minute')",
        account,
    )
    ran = omaposti(dsn, "account", "erase-due")
    assert (ran.returncode, ran.stdout) == (0, "1 accounts erased.\n")
    assert await owner.fetchval("SELECT status FROM accounts") == "ERASED"
    await owner.close()
    assert omaposti(dsn, "audit", "verify").returncode == 0
