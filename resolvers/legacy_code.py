"""Old codes."""

from uuid import UUID

from models.legacy_code import LEGACY_CODES_OF_ACCOUNT, LEGACY_CODES_OF_ORGANIZATION
from resolvers.context import RequestContext
from resolvers.paging import Page, Window, page


async def of_account(context: RequestContext, account_id: UUID, window: Window) -> Page:
    """Return a page of the old codes that are, or may be, a person's."""
    return await page(context, LEGACY_CODES_OF_ACCOUNT, account_id, window)


async def of_organization(context: RequestContext, organization_id: UUID, window: Window) -> Page:
    """Return a page of an organization's old codes."""
    return await page(context, LEGACY_CODES_OF_ORGANIZATION, organization_id, window)
