"""Runs periodic work every hour, beside the main work of a process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from models.db.errors import DATABASE_AWAY

log = structlog.get_logger()

EVERY = 3600.0  # seconds between two runs; due dates are whole days


@asynccontextmanager
async def hourly_along(work: Callable[[], Awaitable[None]], put_off: str) -> AsyncIterator[None]:
    """Do the work now and every hour until the block ends; while the database is away, log the event `put_off`."""
    working = asyncio.create_task(_work_hourly(work, put_off))
    try:
        yield
    finally:
        working.cancel()
        await asyncio.wait([working])


async def _work_hourly(work: Callable[[], Awaitable[None]], put_off: str) -> None:
    while True:
        try:
            await work()
        except DATABASE_AWAY as failure:
            log.warning(put_off, reason=type(failure).__name__, again_in=EVERY)
        await asyncio.sleep(EVERY)
