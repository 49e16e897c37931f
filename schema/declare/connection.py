"""Connections: pages of a list with cursors, after the Relay Cursor Connections Specification."""

from typing import Generic, TypeVar

import strawberry

from resolvers.core.context import RequestContext
from resolvers.core.paging import CURSOR_COLUMNS, Page, cursor_of
from schema.declare.fields import computed, related, same_row
from schema.declare.rules import PUBLIC, rule

T = TypeVar("T")


@strawberry.type(directives=[rule(PUBLIC)])
class PageInfo:
    """Position of a page in its list."""

    has_next_page: bool = computed(
        lambda page, _: page.has_next_page, reads=(), description="True if items follow this page."
    )
    has_previous_page: bool = computed(
        lambda page, _: page.has_previous_page, reads=(), description="True if items precede this page."
    )
    start_cursor: str | None = computed(
        lambda page, _: page.start_cursor,
        reads=CURSOR_COLUMNS,
        description="Cursor of the first item; pass it as `before`.",
    )
    end_cursor: str | None = computed(
        lambda page, _: page.end_cursor,
        reads=CURSOR_COLUMNS,
        description="Cursor of the last item; pass it as `after`.",
    )


@strawberry.type(directives=[rule(PUBLIC)])
class Edge(Generic[T]):
    """One item of a list with its cursor."""

    cursor: str = computed(
        lambda row, _: cursor_of(row),
        reads=CURSOR_COLUMNS,
        description="Position of the item; pass it as `after` or `before`.",
    )
    node: T | None = same_row()


async def _total_count(_context: RequestContext, page: Page) -> int:
    return await page.total_count()


@strawberry.type(directives=[rule(PUBLIC)])
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]] = computed(
        lambda page, _: page.edges, reads=(), description="Items of the page with their cursors."
    )
    nodes: list[T | None] = computed(lambda page, _: page.edges, reads=(), description="Items of the page.")
    page_info: PageInfo = computed(lambda page, _: page, reads=())
    total_count: int = related(
        _total_count,
        reads=(),
        description="Number of items in the whole list, at most 10,000. It costs a statement, run only if selected.",
    )
