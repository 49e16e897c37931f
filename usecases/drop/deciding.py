"""Deciding all rows that are undecided, batch by batch: while one is made true, the next is being decided.

That is the same as one after the other: a decision rests on rows as they were staged, on the register and on what
people did with their accounts, and on nothing that making a decision true writes.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TypeAlias

from usecases.drop.batches import Connection, batch
from usecases.drop.decision import Decision, decide
from usecases.drop.facts import FIRST, Facts, Place, Row, gather, undecided
from usecases.drop.progress import Progress, Step
from usecases.drop.settlement import settle

_UNDECIDED = """
SELECT count(*) FROM undecided_rows WHERE file_id IN (SELECT id FROM drop_files WHERE current_at IS NOT NULL)
"""

Decided: TypeAlias = list[Decision]


async def decide_all(connection: Connection, reading: Connection, progress: Progress) -> None:
    """Decide what is undecided; `reading` is another connection, or in a dry run, which only itself can see, the same.

    Reading with the same one, a batch is decided only when the one before is made true.
    """
    total, done = await connection.fetchval(_UNDECIDED), 0
    batches = _decided(reading)
    async with aclosing(batches if reading is connection else _one_ahead(batches)) as decided:
        async for decisions in decided:
            async with batch(connection) as deeds:
                deeds.extend(await settle(connection, decisions))
            done += len(decisions)
            progress(Step.DECIDE, done, total)


async def _decided(reading: Connection) -> AsyncGenerator[Decided, None]:
    rows, facts = await _read(reading, FIRST)
    while rows:
        yield await asyncio.to_thread(_decide, rows, facts)
        rows, facts = await _read(reading, (rows[-1]["file_id"], rows[-1]["row"]))


async def _read(reading: Connection, last: Place) -> tuple[list[Row], Facts]:
    async with batch(reading):
        rows = await undecided(reading, last)
        return rows, await gather(reading, rows)


def _decide(rows: list[Row], facts: Facts) -> Decided:
    return [decide(row, facts) for row in rows]


async def _one_ahead(batches: AsyncGenerator[Decided, None]) -> AsyncGenerator[Decided, None]:
    """Yield the batches, the next of which is begun before one is asked for it."""
    upcoming = asyncio.ensure_future(_next(batches))
    try:
        while decisions := await upcoming:
            upcoming = asyncio.ensure_future(_next(batches))
            yield decisions
    finally:
        upcoming.cancel()
        await asyncio.wait([upcoming])
        await batches.aclose()


async def _next(batches: AsyncIterator[Decided]) -> Decided:
    return await anext(batches, [])
