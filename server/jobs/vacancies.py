"""Vacates organizations at the end of their time at risk, each in its own transaction."""

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
    """Vacate due organizations now and every hour, beside the caller; any number of processes may do so at once."""

    async def work() -> None:
        vacated, failed = await vacate_due(database)
        if vacated or failed:
            log.warning("organizations vacated", vacated=vacated, failed=failed)

    return hourly_along(work, "vacating of organizations postponed")


async def vacate_due(database: Database) -> tuple[int, int]:
    """Vacate the organizations without an effective administrator whose announced date has passed.

    Returns the numbers of vacated organizations and of failures.
    """
    async with database.sessions.begin() as db:
        due = await overdue_organizations(db, now=now())
    vacated = failed = 0
    for organization_id in due:
        try:
            async with database.sessions.begin() as db:
                vacated += await vacate_overdue(db, ACTOR, organization_id, now=now())
        except SQLAlchemyError:
            log.exception("vacating an organization failed", organization=str(organization_id))
            failed += 1
    return vacated, failed
