"""Pages of a list and their opaque cursors (Relay Cursor Connections)."""

import base64
import binascii
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from graphql import GraphQLError

from models.db.keyset import (
    Listing,
    PageBounds,
    PageRead,
    count_of_all,
    count_of_many,
    page_of_many,
    page_of_one,
)
from models.db.query import Row
from resolvers.core.context import RequestContext

Filters: TypeAlias = tuple[tuple[str, Any], ...]  # hashable pairs, because loaders are keyed by them

DEFAULT_PAGE = 20
LARGEST_PAGE = 100
CURSOR_COLUMNS = ("cursor_id", "cursor_name")

_FORWARD, _BACKWARD = PageBounds(), PageBounds(backward=True)
_CURSOR = re.compile(r"[A-Za-z0-9_-]{22,2000}", re.ASCII)


class Window(NamedTuple):
    """Requested part of a list: size, the cursors `after` and `before`, and the columns to select.

    `alone`: the only list on its level; skip batching.
    """

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    columns: frozenset[str] | None = None
    alone: bool = False


@dataclass(slots=True)
class Page:
    """Rows of one page, which is also its own `pageInfo`."""

    edges: list[Row]
    has_next_page: bool
    has_previous_page: bool
    total_count: Callable[[], Awaitable[int]]

    @property
    def start_cursor(self) -> str | None:
        """Return the cursor of the first row, None for an empty page."""
        return cursor_of(self.edges[0]) if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        """Return the cursor of the last row, None for an empty page."""
        return cursor_of(self.edges[-1]) if self.edges else None


async def page(
    context: RequestContext, listing: Listing, owner: UUID | None, window: Window, filters: Filters = ()
) -> Page:
    """Return a page of one owner's list; one statement reads the pages of all owners on a level.

    `filters` are the values of the statement's own parameters. Raises GraphQLError with code BAD_USER_INPUT if the
    window is invalid.
    """
    size, bounds, ends = _read_window(window, named=listing.name is not None)
    read, parameters = PageRead(listing, bounds, window.columns), {"limit": size + 1}
    if ends or filters:
        parameters |= {**ends, **dict(filters)}
    if window.alone:
        rows = await context.fetch(page_of_one(read), owner=owner, **parameters)
    else:
        load = partial(_rows, context, read, parameters)
        rows = await context.loader((listing, window, filters), load).load(owner)
    more = len(rows) > size
    if more:
        rows = rows[:size]
    if bounds.backward:
        rows.reverse()
    has_next, has_previous = (bounds.before, more) if bounds.backward else (more, bounds.after)
    return Page(rows, has_next, has_previous, lambda: _count(context, listing, owner, filters))


async def _rows(
    context: RequestContext, read: PageRead, parameters: dict[str, Any], owners: list[UUID | None]
) -> list[list[Row]]:
    if len(owners) == 1:
        return [await context.fetch(page_of_one(read), owner=owners[0], **parameters)]
    by_owner: dict[UUID | None, list[Row]] = {owner: [] for owner in owners}
    for row in await context.fetch(page_of_many(read), owners=owners, **parameters):
        by_owner[row["owner"]].append(row)
    return [by_owner[owner] for owner in owners]


async def _count(context: RequestContext, listing: Listing, owner: UUID | None, filters: Filters) -> int:
    async def load(owners: list[UUID | None]) -> list[int]:
        if listing.owner is None:
            return [(await context.fetch(count_of_all(listing), **dict(filters)))[0]["count"]]
        rows = await context.fetch(count_of_many(listing), owners=owners, **dict(filters))
        counts = {row["owner"]: row["count"] for row in rows}
        return [counts[owner] for owner in owners]

    count: int = await context.loader((listing, "count", filters), load).load(owner)
    return count


def cursor_of(row: Row) -> str:
    """Return the opaque cursor of a row: the values of its keyset."""
    name = row.get("cursor_name")
    packed = row["cursor_id"].bytes if name is None else row["cursor_id"].bytes + b"=" + name.encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def _read_window(window: Window, *, named: bool) -> tuple[int, PageBounds, dict[str, Any]]:
    """Return the page size, the direction, and the statement's parameters for the cursors."""
    if window.first is not None and window.last is not None:
        raise _bad_input("give either `first` or `last`, not both")
    backward = window.last is not None
    size = window.last if backward else window.first
    size = DEFAULT_PAGE if size is None else size
    if not 0 <= size <= LARGEST_PAGE:
        raise _bad_input(f"`{'last' if backward else 'first'}` must be from 0 to {LARGEST_PAGE}; it is {size}")
    if window.after is None and window.before is None:
        return size, _BACKWARD if backward else _FORWARD, {}
    ends: dict[str, Any] = {}
    for end, cursor in (("after", window.after), ("before", window.before)):
        if cursor is not None:
            ends |= _read_cursor(end, cursor, named=named)
    return size, PageBounds(window.after is not None, window.before is not None, backward), ends


def _read_cursor(end: str, cursor: str, *, named: bool) -> dict[str, Any]:
    unknown = _bad_input(f"`{end}` is not a cursor of this list; take one from `pageInfo` or `edges`, or leave it out")
    if not _CURSOR.fullmatch(cursor):
        raise unknown
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        identity, name = packed[:16], packed[16:]
        if len(identity) != 16 or bool(name) != named or (named and name[:1] != b"=") or b"\0" in name:
            raise unknown
        ends: dict[str, Any] = {f"{end}_id": UUID(bytes=identity)}
        return ends | {f"{end}_name": name[1:].decode()} if named else ends
    except (binascii.Error, UnicodeDecodeError):
        raise unknown from None


def _bad_input(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})
