"""Emptying the database between tests, while an action is still running."""

import asyncio
import itertools

import asyncpg

from tests.conftest import empty

# For any order in which TRUNCATE locks the tables, some action locks two of them in reverse.
ORDERS = list(itertools.permutations(["accounts", "messages", "audit_entries"], 2))


async def actions(dsn: str, over: asyncio.Event) -> int:
    """Lock two tables in alternating order, as actions do, until `over` is set; return the number of actions."""
    connection = await asyncpg.connect(dsn)
    try:
        for done in itertools.count():
            if over.is_set():
                return done
            first, second = ORDERS[done % len(ORDERS)]
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {first} IN ROW EXCLUSIVE MODE")
                await connection.execute("SELECT pg_sleep(0.005)")
                await connection.execute(f"LOCK TABLE {second} IN ROW EXCLUSIVE MODE")
    finally:
        await connection.close()
    raise AssertionError("a count has no end")


async def test_emptying_tables_beside_an_action_causes_no_deadlock(dsn: str) -> None:
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        working = group.create_task(actions(dsn, over))
        for _ in range(20):
            await empty(dsn)
        over.set()
    assert working.result() > 20
