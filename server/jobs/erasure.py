"""Erases accounts at the end of their grace period, each in its own transaction, so that one fault stops no other."""

from contextlib import AbstractAsyncContextManager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from models.db.clock import now
from server.db.database import Database
from server.jobs.hourly import hourly_along
from usecases.account.erasure import due_accounts, erase_account, forget_farewells
from usecases.account.stale_sign_ups import discard_stale
from usecases.audit.audit_record import Actor
from usecases.idempotency import forget_expired_keys

log = structlog.get_logger()

ACTOR = Actor(name="erasure")


def erasing_along(database: Database) -> AbstractAsyncContextManager[None]:
    """Erase due accounts now and every hour, beside the caller; any number of processes may do so at once."""

    async def work() -> None:
        erased, failed = await erase_due(database)
        if erased or failed:
            log.info("accounts erased", erased=erased, failed=failed)

    return hourly_along(work, "erasure of accounts postponed")


async def erase_due(database: Database) -> tuple[int, int]:
    """Erase every account whose grace period is over; return the numbers of erased accounts and of failures."""
    started_at = now()
    async with database.sessions.begin() as db:
        due = await due_accounts(db, now=started_at)
        await forget_farewells(db, now=started_at)
        await discard_stale(db, ACTOR, now=started_at)
        await forget_expired_keys(db, now=started_at)
    erased = failed = 0
    for account_id in due:
        try:
            async with database.sessions.begin() as db:
                erased += await erase_account(db, ACTOR, account_id, now=now())
        except SQLAlchemyError:
            log.exception("erasure failed", account=str(account_id))
            failed += 1
    return erased, failed
