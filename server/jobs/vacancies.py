"""Vacates the organizations whose time at risk is over, one transaction for each."""

from contextlib import AbstractAsyncContextManager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from models.db.clock import now
from server.db.database import Database
from server.jobs.hourly import hourly_along
from usecases.audit.audit_record import Actor
from usecases.organization.administrators import overdue_organizations, vacate_overdue

log = structlog.get_logger()

ACTOR = Actor(name="administrator-watch")


def vacating_along(database: Database) -> AbstractAsyncContextManager[None]:
    """Vacate what is overdue now and every hour beside the caller; any number of processes may do so at once."""

    async def work() -> None:
        vacated, failed = await vacate_due(database)
        if vacated or failed:
            log.warning("organizations are without an administrator", vacated=vacated, failed=failed)

    return hourly_along(work, "no organization was vacated")


async def vacate_due(database: Database) -> tuple[int, int]:
    """Vacate the organizations that had no effective administrator until the date their members were told.

    Returns how many were vacated and how many could not be.
    """
    async with database.sessions.begin() as db:
        due = await overdue_organizations(db, now=now())
    vacated = failed = 0
    for organization_id in due:
        try:
            async with database.sessions.begin() as db:
                vacated += await vacate_overdue(db, ACTOR, organization_id, now=now())
        except SQLAlchemyError:
            log.exception("an organization could not be vacated", organization=str(organization_id))
            failed += 1
    return vacated, failed
