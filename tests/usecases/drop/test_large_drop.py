"""A file of several batches passes through worker processes, in order and whole."""

from pathlib import Path

import pytest
from sqlalchemy import text

from server.db.database import Database
from tests.usecases.drop.handover import Handover, extranet_file, register_file
from usecases.drop.import_drop import import_drop

# Two and three batches of rows, with enough hashes for worker processes.
ROWS = [5_500, pytest.param(11_000, marks=pytest.mark.long)]
HASHED = 80  # one row in this many has a hash
MD5 = "c4643910cd6e6819733e1b3262e1ae17"


@pytest.mark.parametrize("rows", ROWS)
async def test_a_large_file_is_imported_whole_by_worker_processes(
    database: Database, tmp_path: Path, rows: int
) -> None:
    content = extranet_file(
        *(
            {
                "asiointitunnus": f"E{n:05}",
                "sahkoposti": f"p{n}@aho.example",
                "salasana": MD5 if n % HASHED == 0 else "",
            }
            for n in range(rows)
        )
    )
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1).add("EXTRANET", content, rows)
    summary = await import_drop(database.engine, drop.written())
    assert summary["outcomes"] == {"CREATE_PENDING": rows}
    async with database.engine.connect() as connection:
        out_of_place = text("SELECT count(*) FROM drop_rows WHERE code_key <> 'E' || lpad((row - 1)::text, 5, '0')")
        assert (await connection.execute(out_of_place)).scalar_one() == 0
        proven = text("SELECT count(*) FROM legacy_codes WHERE proof_scheme = 'MD5'")
        assert (await connection.execute(proven)).scalar_one() == -(-rows // HASHED)
