"""Erases what is due, one transaction for each account, so that a fault with one keeps no other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from server.database import Database
from server.worker import DATABASE_AWAY
from usecases.deed import Author
from usecases.erasure import due_accounts, erase_account, forget_farewells
from usecases.unconfirmed import discard_stale

log = structlog.get_logger()

AUTHOR = Author(name="erasure")

EVERY = 3600.0  # seconds between two looks for what is due; grace is counted in days


@asynccontextmanager
async def erasing_along(database: Database) -> AsyncIterator[None]:
    """Erase what is due now and every hour, beside what the caller does; any number of processes may do so at once."""
    erasing = asyncio.create_task(_erase_hourly(database))
    try:
        yield
    finally:
        erasing.cancel()
        await asyncio.wait([erasing])


async def _erase_hourly(database: Database) -> None:
    while True:
        try:
            erased, failed = await erase_due(database)
            if erased or failed:
                log.info("accounts erased", erased=erased, failed=failed)
        except DATABASE_AWAY as failure:
            log.warning("nothing was erased", reason=type(failure).__name__, again_in=EVERY)
        await asyncio.sleep(EVERY)


async def erase_due(database: Database) -> tuple[int, int]:
    """Erase every account whose time of grace is over; return how many were erased and how many could not be."""
    async with database.sessions.begin() as session:
        due = await due_accounts(session)
        await forget_farewells(session)
        await discard_stale(session, AUTHOR)
    erased = failed = 0
    for account_id in due:
        try:
            async with database.sessions.begin() as session:
                erased += await erase_account(session, AUTHOR, account_id)
        except SQLAlchemyError:
            log.exception("erasure failed", account=str(account_id))
            failed += 1
    return erased, failed
