"""Electronic services."""

from models.db.query import Row
from models.membership import SERVICES_OF_ORGANIZATIONS
from models.service import ALL_SERVICES, SERVICE_BY_CODE
from resolvers.core.batching import belonging_to
from resolvers.core.context import RequestContext


async def every(context: RequestContext) -> list[Row]:
    """Return all the services, by code."""
    return await context.fetch(ALL_SERVICES)


async def by_code(context: RequestContext, code: str) -> Row | None:
    """Return the service with that code, or None."""
    rows = await context.fetch(SERVICE_BY_CODE, code=code)
    return rows[0] if rows else None


async def of_organization(context: RequestContext, row: Row) -> list[Row]:
    """Return the services to which at least one member of the organization has access."""
    return await belonging_to(context, SERVICES_OF_ORGANIZATIONS, "organization_id", row["organization_id"])


NAMES = ("service_name_fi", "service_name_sv", "service_name_en")


def name(row: Row, context: RequestContext) -> str:
    """Return a service's name in the viewer's language."""
    text: str = row[f"service_name_{context.language}"]
    return text
