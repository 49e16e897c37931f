"""Emptying the database between tests, while somebody is still at an action."""

import asyncio
import itertools

import asyncpg

from tests.conftest import empty

# Whatever order TRUNCATE locks the tables in, some action takes two of them the other way round.
ORDERS = list(itertools.permutations(["accounts", "messages", "audit_entries"], 2))


async def actions(dsn: str, over: asyncio.Event) -> int:
    """Lock two tables in changing order, as actions do, until it is over; return how many actions were done."""
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
