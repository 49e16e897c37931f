"""The database lets an old code change its status only by a named move."""

from collections.abc import AsyncIterator
from itertools import permutations

import asyncpg
import pytest

from models.legacy_code import LegacyCodeStatus
from server.db.database import Database
from tests.facts import add_legacy_code
from usecases.drop.apply.apply import CODE_STATUSES

IMPORTED = set(CODE_STATUSES.values())
LINKABLE = {"LINK_PENDING", "NEEDS_EMAIL", "IN_REVIEW", "UNLINKED", "RETIRED"}
RETIRABLE = {*(IMPORTED - {LegacyCodeStatus.SYSTEM}), "UNLINKED"}
ALLOWED = {
    *permutations(IMPORTED, 2),
    *((status, "LINKED") for status in LINKABLE),
    ("LINKED", "UNLINKED"),
    *((status, "SPLIT") for status in ("SPLIT_PENDING", "RETIRED")),
    *((status, "RETIRED") for status in RETIRABLE),
}
EVERY = list(permutations(LegacyCodeStatus, 2))


@pytest.fixture
async def connection(database: Database, dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def moves(connection: asyncpg.Connection, status: str, changed: str) -> bool:
    """Return whether the database lets a code change from one status to another."""
    await add_legacy_code(connection, status, code=f"{status}>{changed}")
    try:
        await connection.execute("UPDATE legacy_codes SET status = $1 WHERE code = $2", changed, f"{status}>{changed}")
    except asyncpg.CheckViolationError as refused:
        return str(refused.constraint_name) != "named_moves"
    return True


async def test_code_changes_status_only_by_a_named_move(connection: asyncpg.Connection) -> None:
    assert {move for move in EVERY if await moves(connection, *move)} == ALLOWED


async def test_write_of_the_same_status_is_no_move(connection: asyncpg.Connection) -> None:
    await add_legacy_code(connection, LegacyCodeStatus.RETIRED)
    await connection.execute("UPDATE legacy_codes SET status = status, locked_at = now()")
    assert await connection.fetchval("SELECT locked_at FROM legacy_codes") is not None
