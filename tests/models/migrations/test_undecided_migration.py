"""The same rows are undecided before and after their table is created, and after a downgrade."""

from pathlib import Path

from server.db.database import Database
from tests.models.migrations.migrating import execute, move, values
from tests.usecases.drop.handover import Handover, extranet_file, register_file
from usecases.drop.import_drop import import_drop

BEFORE, NOW = "0007", "0008"
UNDECIDED = "SELECT row FROM undecided_rows"
FORMERLY = "SELECT row FROM drop_rows WHERE decided_at IS NULL"


async def test_undecided_rows_survive_upgrade_and_downgrade(separate: Database, tmp_path: Path) -> None:
    await move(separate, up=NOW)
    rows = extranet_file(*({"asiointitunnus": f"E{n}", "sahkoposti": f"p{n}@aho.example"} for n in range(5)))
    await import_drop(
        separate.engine, Handover(tmp_path).add("REGISTER", register_file(), 1).add("EXTRANET", rows, 5).written()
    )
    await execute(separate, "INSERT INTO undecided_rows SELECT file_id, row FROM drop_rows WHERE row IN (2, 4)")
    await move(separate, down=BEFORE)
    assert await values(separate, FORMERLY) == {2, 4}
    # An interrupted file whose rows are not current yet: these are not undecided.
    await execute(separate, "UPDATE drop_files SET current_rows = 3, current_at = NULL WHERE service_id IS NOT NULL")
    await move(separate, up=NOW)
    assert await values(separate, UNDECIDED) == {2}
