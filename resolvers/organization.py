"""Organizations: the viewer's own, or all for staff."""

from collections.abc import Awaitable
from dataclasses import dataclass
from uuid import UUID

from graphql import GraphQLError

from auth.permissions import StaffPermission
from models.db.keyset import lookup
from models.db.query import Row
from models.membership import organizations_of_account
from models.organization import (
    CUSTOMER_NUMBERS_OF_ORGANIZATION,
    ORGANIZATION_BY_BUSINESS_ID,
    ORGANIZATION_BY_ID,
    OrganizationSelection,
    OrganizationStatus,
    RegisterStatus,
    all_organizations,
)
from models.values.business_id import parse_business_id
from models.values.refusal import InvalidValue
from models.values.sort_key import finnish_sort_key
from resolvers.core import global_id
from resolvers.core.context import RequestContext
from resolvers.core.paging import Filters, Page, Window, page

LONGEST_SEARCH = 200  # characters; twice the longest name that is usual


@dataclass(frozen=True, slots=True)
class OrganizationSearch:
    """Filter and order of a list of organizations."""

    text: str | None = None
    status: OrganizationStatus | None = None
    register_status: RegisterStatus | None = None
    by_name: bool = True
    descending: bool = False


async def of_viewer(context: RequestContext, search: OrganizationSearch, window: Window) -> Page:
    """Return a page of the organizations that the viewer may see: all for staff, else their own."""
    selection, filters = _selection(search)
    if context.viewer.may_as_staff(StaffPermission.ORGANIZATIONS_READ):
        return await page(context, all_organizations(selection), None, window, filters)
    return await page(context, organizations_of_account(selection), context.viewer.account_id, window, filters)


def of_account(context: RequestContext, account_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of the organizations of which a person is an active member, by name."""
    return page(context, organizations_of_account(OrganizationSelection()), account_id, window)


async def by_either(
    context: RequestContext, text: str | None, business_id: str | None, columns: frozenset[str] | None = None
) -> Row | None:
    """Return the organization with that global id, or with that Business ID in any spelling.

    Reads only those `columns` of its row, all if None. An id of another kind finds nothing. Raises GraphQLError unless
    exactly one of the two is given.
    """
    if (text is None) is (business_id is None):
        raise GraphQLError("give either `id` or `businessId`", extensions={"code": "BAD_USER_INPUT"})
    rows: list[Row] = []
    if text is not None:
        identity = global_id.decode(text)
        if identity is not None and identity[0] == "Organization":
            rows = await context.fetch(lookup(ORGANIZATION_BY_ID, columns), id=identity[1])
    elif (number := _business_id(business_id or "")) is not None:
        rows = await context.fetch(lookup(ORGANIZATION_BY_BUSINESS_ID, columns), business_id=number)
    return rows[0] if rows else None


def _business_id(text: str) -> str | None:
    try:
        return parse_business_id(text).value
    except InvalidValue:
        return None


def customer_numbers(context: RequestContext, organization_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of an organization's customer and contract numbers."""
    return page(context, CUSTOMER_NUMBERS_OF_ORGANIZATION, organization_id, window)


def _selection(search: OrganizationSearch) -> tuple[OrganizationSelection, Filters]:
    text = _searched(search.text)
    selection = OrganizationSelection(
        searched=text is not None,
        by_status=search.status is not None,
        by_register_status=search.register_status is not None,
        by_name=search.by_name,
        descending=search.descending,
    )
    filters: dict[str, str | None] = {"status": search.status, "register_status": search.register_status}
    if text is not None:
        filters |= {"pattern": _pattern(text), "identifier": _identifier(text)}
    return selection, tuple((name, value) for name, value in filters.items() if value is not None)


def _searched(text: str | None) -> str | None:
    """Return the search text without outer spaces, None if empty; refuse long texts, which cost time to fold."""
    if text is not None and len(text) > LONGEST_SEARCH:
        raise GraphQLError(
            f"shorten `search` to at most {LONGEST_SEARCH} characters", extensions={"code": "BAD_USER_INPUT"}
        )
    return (text or "").strip() or None


def _pattern(text: str) -> str:
    """Return the LIKE pattern of names that contain the text, compared by sort key.

    A sort key contains no wildcard of LIKE. A text without letters and digits matches no name.
    """
    key = finnish_sort_key(text)
    return f"%{key}%" if key else ""


def _identifier(text: str) -> str:
    try:
        return parse_business_id(text).value
    except InvalidValue:
        return text.upper()
