"""Old codes on which a person or an administrator has decided keep their status and link in later imports."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.legacy_code import LegacyCodeStatus
from server.db.database import Database
from tests.usecases.drop.handover import Handover, extranet_file, register_file
from usecases.drop.apply.apply import CODE_STATUSES
from usecases.drop.import_drop import import_drop

MD5 = "c4643910cd6e6819733e1b3262e1ae17"
DECIDED = sorted(set(LegacyCodeStatus) - set(CODE_STATUSES.values()))
CODE = "SELECT status, service_role, account_id FROM legacy_codes"


async def import_code(database: Database, path: Path, sequence: int, **row: str) -> None:
    """Import a file of the Extranet that has one code."""
    drop = Handover(path / str(sequence)).add("REGISTER", register_file(), 1, sequence)
    await import_drop(database.engine, drop.add("EXTRANET", extranet_file(row), 1, sequence).written())


async def code(database: Database, statement: str = CODE) -> tuple[Any, ...]:
    """Return the database's values of the one code."""
    async with database.engine.connect() as connection:
        return tuple((await connection.execute(text(statement))).one())


async def decide(database: Database, status: str) -> None:
    """Give the code a status as a person does; a shared code is first imported as one of a person here."""
    async with database.engine.begin() as connection:
        for step in ("LINKED", "UNLINKED", "RETIRED", "SPLIT"):
            await connection.execute(text(f"UPDATE legacy_codes SET status = '{step}'"))
            if step == status:
                return


@pytest.mark.parametrize("status", DECIDED)
async def test_decided_code_is_not_reset_by_the_next_import(database: Database, tmp_path: Path, status: str) -> None:
    await import_code(database, tmp_path, 1)
    await decide(database, status)
    decided = await code(database)
    await import_code(database, tmp_path, 2, sahkoposti="", rooli="Pääkäyttäjä", pk="K")
    assert await code(database) == decided
    assert decided[0] == status


@pytest.mark.parametrize("outcome_status", sorted(set(CODE_STATUSES.values())))
async def test_undecided_code_gets_the_status_of_the_next_import(
    database: Database, tmp_path: Path, outcome_status: str
) -> None:
    """Each status that an import gives may be replaced by a later import."""
    await import_code(database, tmp_path, 1)
    async with database.engine.begin() as connection:
        await connection.execute(text(f"UPDATE legacy_codes SET status = '{outcome_status}'"))
    await import_code(database, tmp_path, 2, sahkoposti="")
    assert (await code(database))[0] == LegacyCodeStatus.NEEDS_EMAIL


@pytest.mark.parametrize(
    ("status", "is_proven"), [("LINKED", True), ("UNLINKED", True), ("RETIRED", False), ("SPLIT", False)]
)
async def test_code_that_is_over_gets_no_proof_again(
    database: Database, tmp_path: Path, status: str, is_proven: bool
) -> None:
    await import_code(database, tmp_path, 1)
    await decide(database, status)
    await import_code(database, tmp_path, 2, salasana=MD5)
    assert await code(database, "SELECT proof_hash IS NOT NULL FROM legacy_codes") == (is_proven,)
