"""How a field is declared: which column of the row it reads, or what is loaded for the row."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from resolvers.core import global_id
from resolvers.core.context import RequestContext
from resolvers.core.paging import Page, Window
from schema.declare.rules import Rule

Info: TypeAlias = strawberry.Info[RequestContext, None]


def columns_read(info: Info) -> frozenset[str] | None:
    """Return which columns of the rows that a resolver is to return are read, None when it may be all of them."""
    columns: frozenset[str] | None = getattr(info, "columns", None)  # which only a compiled query knows
    return columns


# Strawberry types a field by its annotation; what these functions return stands for the value, hence Any.


def column(label: str | None = None, *, rule: Rule | None = None, description: str | None = None) -> Any:
    """Read the column of that label; without one, the label is the type's and the field's name: `organization_name`."""
    return _field({"column": label}, rule, description)


def same_row(*, present: str | None = None, description: str | None = None) -> Any:
    """Look at the same row as another type; null when the column `present` is null."""
    if present is None:
        return _field({"computed": itself, "reads": ()}, None, description)
    return _field({"computed": lambda row, _: row if row[present] is not None else None}, None, description)


def computed(
    read: Callable[[Any, RequestContext], object],
    *,
    reads: tuple[str, ...] | None = None,
    rule: Rule | None = None,
    description: str = "",
) -> Any:
    """Work the value out from the row and the request, without waiting for anything.

    `reads` are the columns it looks at; where they are not said, the row is read whole.
    """
    return _field({"computed": read, "reads": reads}, rule, description or None)


def node_id(kind: str, label: str) -> Any:
    """Read the global id of an object of that kind, whose own id is in that column."""
    return computed(global_id.reader(kind, label), reads=(label,), description="The global id.")


def related(
    load: Callable[[RequestContext, Any], Awaitable[object]],
    *,
    reads: tuple[str, ...] | None = None,
    rule: Rule | None = None,
    description: str | None = None,
) -> Any:
    """Load what belongs to the row; loaders batch the rows of one level. `reads` as in `computed`."""
    return _field({"related": load, "reads": reads}, rule, description)


def connection(
    load: Callable[[RequestContext, UUID, Window], Awaitable[Page]],
    owner: str,
    *,
    rule: Rule | None = None,
    description: str | None = None,
) -> Any:
    """Page through the list that belongs to the id in column `owner`, at most 100 at a time."""
    field = _field({"connection": load, "owner": owner, "reads": (owner,)}, rule, description)
    field.arguments = [_argument(name, type_, text) for name, (type_, text) in _WINDOW.items()]
    return field


_WINDOW: dict[str, tuple[Any, str]] = {
    "first": (int | None, "How many from the beginning, 0 to 100; 20 when neither `first` nor `last` is given."),
    "after": (str | None, "Begin after this cursor."),
    "last": (int | None, "How many from the end, 0 to 100."),
    "before": (str | None, "End before this cursor."),
}


def _argument(name: str, type_: Any, description: str) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(type_),
        description=description,
    )


def _field(metadata: dict[str, Any], rule: Rule | None, description: str | None) -> StrawberryField:
    return StrawberryField(
        python_name=None,
        graphql_name=None,
        type_annotation=None,
        description=description,
        metadata=metadata,
        directives=[rule] if rule is not None else [],
    )


def itself(row: Any, _context: RequestContext) -> Any:
    """Return the row, which is the source of the nested object too."""
    return row


@strawberry.interface(description="An object with a global id.")
class Node:
    """An object with a global id, which `node` finds again."""

    id: strawberry.ID
