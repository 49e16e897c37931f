"""Three-stage pipeline: decide batch n+2, create accounts and organizations of n+1, write codes of n.

The result is the same as one batch after the other, because deciding reads nothing that applying writes. It reads
staged rows, the register, and accounts that people have acted on.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeAlias, TypeVar

from usecases.drop.apply.apply import TargetIds, apply_decisions, ensure_accounts_and_organizations
from usecases.drop.base.progress import Progress, Step
from usecases.drop.base.transactions import Connection, batch_transaction
from usecases.drop.decide.facts import FIRST, Facts, Row, RowKey, gather, undecided
from usecases.drop.decide.outcome import Decision, decide

_COUNT_UNDECIDED = """
SELECT count(*) FROM undecided_rows WHERE file_id IN (SELECT id FROM drop_files WHERE current_at IS NOT NULL)
"""

Decided: TypeAlias = list[Decision]
_T = TypeVar("_T")


async def decide_all(connection: Connection, reader: Connection, writer: Connection, progress: Progress) -> None:
    """Decide all undecided rows.

    `reader` and `writer` are separate connections, so that two stages run ahead. In a dry run all three are one
    connection, because no other would see its rows, and the stages run one after the other.
    """
    total, done = await connection.fetchval(_COUNT_UNDECIDED), 0
    ahead = _as_it_comes if reader is connection else _one_ahead
    decided: AsyncGenerator[Decided, None] = ahead(_decided(reader))
    async with aclosing(ahead(_ensured(writer, decided))) as batches:
        async for decisions, targets in batches:
            async with batch_transaction(connection) as audit_records:
                audit_records.append(await apply_decisions(connection, decisions, targets))
            done += len(decisions)
            progress(Step.DECIDE, done, total)


async def _decided(reader: Connection) -> AsyncGenerator[Decided, None]:
    rows, facts = await _read(reader, FIRST)
    while rows:
        yield await asyncio.to_thread(_decide, rows, facts)
        rows, facts = await _read(reader, (rows[-1]["file_id"], rows[-1]["row"]))


async def _read(reader: Connection, last: RowKey) -> tuple[list[Row], Facts]:
    async with batch_transaction(reader):
        rows = await undecided(reader, last)
        return rows, await gather(reader, rows)


def _decide(rows: list[Row], facts: Facts) -> Decided:
    return [decide(row, facts) for row in rows]


async def _ensured(
    writer: Connection, decided: AsyncGenerator[Decided, None]
) -> AsyncGenerator[tuple[Decided, TargetIds], None]:
    async with aclosing(decided):
        async for decisions in decided:
            async with batch_transaction(writer) as audit_records:
                targets, created = await ensure_accounts_and_organizations(writer, decisions)
                audit_records.extend(created)
            yield decisions, targets


def _as_it_comes(batches: AsyncGenerator[_T, None]) -> AsyncGenerator[_T, None]:
    return batches


async def _one_ahead(batches: AsyncGenerator[_T, None]) -> AsyncGenerator[_T, None]:
    """Yield the batches, and begin the next one before it is asked for."""
    upcoming = asyncio.ensure_future(anext(batches, None))
    try:
        while (made := await upcoming) is not None:
            upcoming = asyncio.ensure_future(anext(batches, None))
            yield made
    finally:
        upcoming.cancel()
        await asyncio.wait([upcoming])
        await batches.aclose()
