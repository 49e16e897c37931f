"""Connections with prepared statements: after changes of their tables, and up to their bound."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text

from models.db import connection as module
from models.db.connection import ReadingConnection
from models.db.pool import Pool
from models.db.query import fetch


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[ReadingConnection]:
    made = await asyncpg.connect(dsn, connection_class=ReadingConnection)
    await made.execute("CREATE TEMPORARY TABLE things (id int); INSERT INTO things VALUES (7)")
    yield made
    await made.close()


async def test_a_statement_is_prepared_once(connection: ReadingConnection) -> None:
    for _ in range(5):
        assert [tuple(row) for row in await connection.rows("SELECT id FROM things WHERE id = $1", [7])] == [(7,)]
    prepared = await connection.fetchval(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT id%'"
    )
    assert prepared == 1


async def test_a_statement_is_prepared_again_when_its_table_has_changed(connection: ReadingConnection) -> None:
    async def borrowed() -> ReadingConnection:
        return connection

    pool, things = Pool(borrowed, 1, 1.0), text("SELECT * FROM things")
    before = await fetch(pool, things)
    await connection.execute("ALTER TABLE things ADD COLUMN name text DEFAULT 'one'")
    after = await fetch(pool, things)
    await connection.execute("ALTER TABLE things ALTER COLUMN id TYPE bigint")
    changed = await fetch(pool, things)
    assert [tuple(row) for rows in (before, after, changed) for row in rows] == [(7,), (7, "one"), (7, "one")]


async def test_read_cancelled_while_prepared_again_leaves_no_answer_behind(
    connection: ReadingConnection,
) -> None:
    async def borrowed() -> ReadingConnection:
        return connection

    pool, slow = Pool(borrowed, 1, 1.0), text("SELECT *, pg_sleep(:seconds) FROM things")
    await fetch(pool, slow, seconds=0)
    await connection.execute("ALTER TABLE things ALTER COLUMN id TYPE bigint")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await fetch(pool, slow, seconds=5)
    assert connection.is_closed()
    assert pool.in_use == 0


async def test_least_recently_used_statement_is_dropped(
    connection: ReadingConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    for number in (1, 2, 3, 1, 4, 5):
        await connection.rows(f"SELECT {number} AS things", [])
    await connection.fetch("SELECT 1")  # dropped statements are closed when the next one is prepared
    kept = await connection.fetch("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%AS things'")
    assert {row["statement"] for row in kept} == {f"SELECT {number} AS things" for number in (1, 4, 5)}
