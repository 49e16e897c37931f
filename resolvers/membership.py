"""Memberships, administrators and accesses."""

from collections.abc import Awaitable
from uuid import UUID

from models import membership as memberships
from models.db.query import Row
from resolvers.core.batching import belonging_to
from resolvers.core.context import RequestContext
from resolvers.core.paging import Page, Window, page


def of_account(context: RequestContext, account_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of a person's live memberships."""
    return page(context, memberships.MEMBERSHIPS_OF_ACCOUNT, account_id, window)


def of_organization(context: RequestContext, organization_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of an organization's live memberships."""
    return page(context, memberships.MEMBERSHIPS_OF_ORGANIZATION, organization_id, window)


def administrators(context: RequestContext, organization_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of the administrators of an organization who can act now."""
    return page(context, memberships.ADMINISTRATORS_OF_ORGANIZATION, organization_id, window)


async def service_accesses(context: RequestContext, row: Row) -> list[Row]:
    """Return the accesses of a membership."""
    return await belonging_to(
        context, memberships.SERVICE_ACCESSES_OF_MEMBERSHIPS, "membership_id", row["membership_id"]
    )


async def customer_numbers_of_access(context: RequestContext, row: Row) -> list[Row]:
    """Return the customer numbers that an access is limited to; none means all."""
    return await belonging_to(
        context, memberships.CUSTOMER_NUMBERS_OF_SERVICE_ACCESSES, "service_access_id", row["service_access_id"]
    )
