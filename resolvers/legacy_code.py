"""Old codes."""

from collections.abc import Awaitable
from uuid import UUID

from models.legacy_code import LEGACY_CODES_OF_ACCOUNT, LEGACY_CODES_OF_ORGANIZATION
from resolvers.core.context import RequestContext
from resolvers.core.paging import Page, Window, page


def of_account(context: RequestContext, account_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of the old codes that belong, or may belong, to a person."""
    return page(context, LEGACY_CODES_OF_ACCOUNT, account_id, window)


def of_organization(context: RequestContext, organization_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of an organization's old codes."""
    return page(context, LEGACY_CODES_OF_ORGANIZATION, organization_id, window)
