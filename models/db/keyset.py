"""Keyset pagination:

every page costs the same, the first and the thousandth, for one owner or for a hundred at once.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Executable,
    Label,
    Select,
    TableValuedAlias,
    Text,
    Uuid,
    any_,
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute

IDS = bindparam("ids", type_=ARRAY(Uuid()))  # ids of the rows that a statement reads
Column: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]

COUNT_LIMIT = 10_000  # rows; higher counts are reported as this


def nodes(kind: str, statement: Select[Any], identity: Column) -> Select[Any]:
    """Return the statement that finds objects of a kind by their ids; each row names its kind as `node_type`."""
    return statement.add_columns(identity.label("node_id"), literal_column(f"'{kind}'").label("node_type")).where(
        identity == any_(IDS)
    )


@lru_cache(maxsize=500)
def lookup(statement: Select[Any], columns: frozenset[str] | None) -> Select[Any]:
    """Return the statement that finds an object, with only those columns, or all if None."""
    return _narrowed(statement, columns)


@dataclass(frozen=True, eq=False)
class Listing:
    """A list: its statement, the column of its `owner`, and its order: by `id`, or by `name` and then `id`."""

    statement: Select[Any]
    id: Column
    owner: Column | None = None
    name: Column | None = None
    descending: bool = False

    @property
    def keys(self) -> list[Column]:
        """Columns of the order; the last is unique."""
        return [self.id] if self.name is None else [self.name, self.id]

    @property
    def cursor(self) -> list[Label[Any]]:
        """Columns in a cursor."""
        named = [] if self.name is None else [self.name.label("cursor_name")]
        return [self.id.label("cursor_id"), *named]


class PageBounds(NamedTuple):
    """Ends of a page that are given, and the end from which it is read."""

    after: bool = False
    before: bool = False
    backward: bool = False


class PageRead(NamedTuple):
    """A page to read: its list, its ends, and its columns (None for all)."""

    listing: Listing
    bounds: PageBounds
    columns: frozenset[str] | None = None


@lru_cache(maxsize=1000)
def page_of_one(read: PageRead) -> Executable:
    """Return the statement of one owner's page; parameters: owner, limit, {after,before}_{id,name}."""
    statement = _page(read)
    if read.listing.owner is None:
        return statement
    return statement.where(_owned(read.listing, bindparam("owner", type_=Uuid())))


@lru_cache(maxsize=1000)
def page_of_many(read: PageRead) -> Executable:
    """Return the statement of the pages of several `owners` at once, each row labelled with its `owner`."""
    owners = _owners()
    page = _page(read).where(_owned(read.listing, owners.c.id)).lateral("page")
    return select(owners.c.id.label("owner"), *page.c).select_from(owners.join(page, true()))


@lru_cache(maxsize=500)
def count_of_many(listing: Listing) -> Executable:
    """Return the statement that counts the lists of several `owners`, each up to COUNT_LIMIT."""
    owners = _owners()
    # Without correlate, the inner statement would have its own owners, and count all lists together.
    few = _bare(listing).where(_owned(listing, owners.c.id)).correlate(owners).limit(COUNT_LIMIT).lateral("few")
    counted = select(func.count().label("count")).select_from(few).lateral("counted")
    return select(owners.c.id.label("owner"), counted.c.count).select_from(owners.join(counted, true()))


@lru_cache(maxsize=500)
def count_of_all(listing: Listing) -> Executable:
    """Return the statement that counts a list without an owner, up to COUNT_LIMIT."""
    return select(func.count().label("count")).select_from(_bare(listing).limit(COUNT_LIMIT).subquery())


def _owners() -> TableValuedAlias:
    given = func.unnest(bindparam("owners", type_=ARRAY(Uuid())))
    return given.table_valued(column("id", Uuid())).render_derived(name="owners")


def _owned(listing: Listing, owner: ColumnElement[Any]) -> ColumnElement[bool]:
    if listing.owner is None:
        raise ValueError("this list belongs to nobody; read it with page_of_one")
    belongs: ColumnElement[bool] = listing.owner == owner
    return belongs


def _page(read: PageRead) -> Select[Any]:
    listing, bounds = read.listing, read.bounds
    descending = listing.descending != bounds.backward
    statement = _narrowed(listing.statement.add_columns(*listing.cursor), read.columns)
    for end, given in (("after", bounds.after), ("before", bounds.before)):
        if given:
            limit = tuple_(*_ends(listing, end))
            later = (end == "after") != listing.descending
            statement = statement.where(tuple_(*listing.keys) > limit if later else tuple_(*listing.keys) < limit)
    order = [key.desc() if descending else key.asc() for key in listing.keys]
    return statement.order_by(*order).limit(bindparam("limit", type_=BigInteger()))


def _narrowed(statement: Select[Any], columns: frozenset[str] | None) -> Select[Any]:
    """Select only the columns that are read; PostgreSQL then skips the outer joins of the others."""
    if columns is None:
        return statement
    every = list(statement.selected_columns)
    kept = [column for column in every if column.key in columns]
    return statement.with_only_columns(*(kept or every[:1]), maintain_column_froms=True)


def _ends(listing: Listing, end: str) -> list[ColumnElement[Any]]:
    identity = bindparam(f"{end}_id", type_=Uuid())
    return [identity] if listing.name is None else [bindparam(f"{end}_name", type_=Text()), identity]


def _bare(listing: Listing) -> Select[Any]:
    return listing.statement.with_only_columns(listing.id, maintain_column_froms=True)
