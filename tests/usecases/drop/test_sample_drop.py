"""The sample drop: every row ends in the outcome that people who know the services expect."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import text

from server.db.database import Database
from tests.usecases.drop.handover import SAMPLE
from tests.usecases.drop.state import counted, import_rows, state_of
from usecases.drop.import_drop import import_drop, imported_drop

EXPECTED: list[dict[str, Any]] = [json.loads(line) for line in (SAMPLE / "expected.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def named() -> list[str]:
    return [f"{row['file']} row {row['row']}" for row in EXPECTED]


async def test_every_row_ends_in_its_expected_outcome_and_flags(database: Database, named: list[str]) -> None:
    rows = await import_rows(database.engine, SAMPLE)
    assert len(rows) == len(EXPECTED) == 31
    for name, row, expected in zip(named, rows, EXPECTED, strict=True):
        assert row == expected, name


async def test_a_dry_run_gives_the_same_report_and_leaves_nothing(database: Database) -> None:
    before = await counted(database.engine)
    async with imported_drop(database.engine, SAMPLE, dry_run=True) as report:
        dry, dry_rows = await report.summary(), [row async for row in report.rows()]
    assert await counted(database.engine) == before
    assert await import_drop(database.engine, SAMPLE) == dry
    assert await import_rows(database.engine, SAMPLE) == dry_rows


async def test_the_same_drop_again_changes_nothing(database: Database) -> None:
    first = await import_rows(database.engine, SAMPLE)
    before = await counted(database.engine), await state_of(database.engine)
    for _ in range(2):
        assert await import_rows(database.engine, SAMPLE) == first
    after = await counted(database.engine), await state_of(database.engine)
    assert after[1] == before[1]
    # Files are compared again, but no row, code, account or audit entry is written.
    for table in ("drop_rows", "legacy_codes", "accounts", "organizations", "audit_entries"):
        assert after[0][table] == before[0][table], table


async def test_accounts_and_links_are_pending_and_memberships_dormant(database: Database) -> None:
    await import_drop(database.engine, SAMPLE)
    state = await state_of(database.engine)
    assert {status for status, *_ in state["accounts"]} == {"PENDING"}
    assert {row[3] for row in state["memberships"]} == {"DORMANT"}
    assert {row[0] for row in state["organizations"]} == {"AWAITING_ADMINISTRATOR"}
    async with database.engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM email_confirmations"))).scalar_one() == 0
        assert (await connection.execute(text("SELECT count(password_hash) FROM accounts"))).scalar_one() == 0


async def test_organizations_are_named_from_the_register(database: Database) -> None:
    await import_drop(database.engine, SAMPLE)
    names = {identifier: name for _, _, identifier, name, _ in (await state_of(database.engine))["organizations"]}
    assert len(names) == 12
    assert names["9100001-3"] == "Kuljetus Aho Oy"
    assert names["9100092-9"] == "Öhman & Söner Oy Ab"


async def test_database_contains_no_legacy_hash_and_no_identity_code(database: Database) -> None:
    await import_drop(database.engine, SAMPLE)
    everything = await _everything(database)
    hashes = re.findall(
        r"\{SSHA\}[^;\r\n]+|\b[0-9a-f]{32,64}\b", (SAMPLE / "extranet_2020-02-28.csv").read_bytes().decode("cp1252")
    )
    hashes += [line.split(";")[8] for line in (SAMPLE / "smartship_2020-02-28.csv").read_text("utf-8").splitlines()[1:]]
    assert len(hashes) == 9 + 10
    assert not [legacy_hash for legacy_hash in hashes if legacy_hash in everything]
    assert "010190" not in everything
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in everything


async def _everything(database: Database) -> str:
    async with database.engine.connect() as connection:
        tables = (
            await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        ).scalars()
        dumps = [
            (await connection.execute(text(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" AS t'))).scalar_one()
            for table in tables
        ]
    return "\n".join(dump or "" for dump in dumps)
