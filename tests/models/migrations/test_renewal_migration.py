"""Statuses of old codes come and go, and no code is lost."""

from server.db.database import Database
from tests.facts import add_legacy_code, driver_connection
from tests.models.migrations.migrating import move, values

BEFORE, NOW = "-1", "0015"
FORMERLY = {"LINKED": "LINK_PENDING", "UNLINKED": "IN_REVIEW", "SPLIT": "SPLIT_PENDING", "RETIRED": "IN_REVIEW"}
STATUSES = "SELECT code || ' ' || status FROM legacy_codes"


async def test_downgrade_gives_codes_a_status_that_former_code_knows(separate: Database) -> None:
    await move(separate, up=NOW)
    async with driver_connection(separate) as connection:
        for status in FORMERLY:
            await add_legacy_code(connection, status, code=status)
    await move(separate, down=BEFORE)
    formerly = {f"{status} {former}" for status, former in FORMERLY.items()}
    assert await values(separate, STATUSES) == formerly
    await move(separate, up=NOW)
    assert await values(separate, STATUSES) == formerly
