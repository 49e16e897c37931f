"""Declarations of fields: a column, a value computed from the row, a loaded object, a page of a list.

Each kind of declaration is one class. `resolver` serves graphql-core, `expression` serves the compiler, and `columns`
tells both which columns of its row the field reads.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple, NoReturn, Protocol, TypeAlias, TypeVar
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_snake_case

from resolvers.core import global_id
from resolvers.core.context import RequestContext
from resolvers.core.paging import Page, Window
from schema.declare.node_names import NODES, NodeName
from schema.declare.rules import Rule

Info: TypeAlias = strawberry.Info[RequestContext, None]
Resolve: TypeAlias = Callable[..., Any]
Value = TypeVar("Value")

DEFINITION = "strawberry-definition"  # key of Strawberry's definition in the extensions of graphql-core's objects


class FieldName(NamedTuple):
    """Name of a field: its type in the SDL and its attribute in Python."""

    type: str
    field: str


class FieldCode(Protocol):
    """Compiler's view of one selected field, for declarations; every method returns source text."""

    @property
    def name(self) -> FieldName:
        """Return the field's type and name."""

    def constant(self, value: object, hint: str) -> str:
        """Return the name of a constant of the compiled query."""

    def window(self) -> str:
        """Return the `Window` of the field's arguments and selected columns."""

    def info(self) -> str:
        """Return the substitute for Strawberry's `Info`."""

    def arguments(self) -> str:
        """Return the dict of the field's arguments."""

    def uncompilable(self) -> NoReturn:
        """Raise: the query needs graphql-core."""

    def admitted(self, call: str) -> str:
        """Return the call of a root field's resolver, guarded by a rule with `at` if the field has one."""


class Declaration(Protocol):
    """Interface of all kinds of fields; `loads` is True if reading the field must be awaited."""

    @property
    def loads(self) -> bool: ...

    def resolver(self, name: FieldName) -> Resolve:
        """Return the resolver for graphql-core: (row, info, **arguments)."""

    def expression(self, code: FieldCode, row: str) -> str:
        """Return the expression that reads the field from the variable `row`."""

    def columns(self, name: FieldName) -> tuple[str, ...] | None:
        """Return the columns of the row that the field reads; None if it reads the whole row."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the row, by its label; without one, the label is type and field: `organization_name`."""

    label: str | None
    loads = False

    def resolver(self, name: FieldName) -> Resolve:
        read = itemgetter(self._label(name))
        return lambda row, _info: read(row)

    def expression(self, code: FieldCode, row: str) -> str:
        return f"{row}[{self._label(code.name)!r}]"

    def columns(self, name: FieldName) -> tuple[str, ...]:
        return (self._label(name),)

    def _label(self, name: FieldName) -> str:
        return self.label or f"{to_snake_case(name.type)}_{name.field}"


@dataclass(frozen=True, slots=True)
class SameRow:
    """The same row, seen as another type."""

    loads = False

    def resolver(self, _name: FieldName) -> Resolve:
        return lambda row, _info: row

    def expression(self, _code: FieldCode, row: str) -> str:
        return row

    def columns(self, _name: FieldName) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Computed:
    """A value computed from the row and the request without waiting; `reads` as in `computed`."""

    compute: Callable[[Any, RequestContext], object]
    reads: tuple[str, ...] | None
    loads = False

    def resolver(self, _name: FieldName) -> Resolve:
        compute = self.compute
        return lambda row, info: compute(row, info.context)

    def expression(self, code: FieldCode, row: str) -> str:
        return f"{code.constant(self.compute, f'compute_{code.name.field}')}({row}, context)"

    def columns(self, _name: FieldName) -> tuple[str, ...] | None:
        return self.reads


@dataclass(frozen=True, slots=True)
class Related:
    """An object or list that is loaded for the row; `reads` as in `computed`."""

    load: Callable[[RequestContext, Any], Awaitable[object]]
    reads: tuple[str, ...] | None
    loads = True

    def resolver(self, _name: FieldName) -> Resolve:
        load = self.load

        async def resolve(row: Any, info: Any) -> object:
            return await load(info.context, row)

        return resolve

    def expression(self, code: FieldCode, row: str) -> str:
        return f"{code.constant(self.load, f'load_{code.name.field}')}(context, {row})"

    def columns(self, _name: FieldName) -> tuple[str, ...] | None:
        return self.reads


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of the list that belongs to the id in the column `owner`."""

    load: Callable[[RequestContext, UUID, Window], Awaitable[Page]]
    owner: str
    loads = True

    def resolver(self, _name: FieldName) -> Resolve:
        load, owner = self.load, itemgetter(self.owner)

        async def resolve(row: Any, info: Any, **window: Any) -> Page:
            return await load(info.context, owner(row), Window(**window))

        return resolve

    def expression(self, code: FieldCode, row: str) -> str:
        load = code.constant(self.load, f"page_of_{code.name.field}")
        return f"{load}(context, {row}[{self.owner!r}], {code.window()})"

    def columns(self, _name: FieldName) -> tuple[str, ...]:
        return (self.owner,)


@dataclass(frozen=True, slots=True)
class Called:
    """A plain Strawberry resolver, as root fields have: they read no row."""

    field: StrawberryField

    @property
    def loads(self) -> bool:
        return self.field.is_async

    def resolver(self, _name: FieldName) -> Resolve:
        raise NotImplementedError  # graphql-core calls Strawberry's own resolver

    def expression(self, code: FieldCode, _row: str) -> str:
        base = self.field.base_resolver
        if base is None or base.self_parameter or base.root_parameter or base.parent_parameter or self.field.extensions:
            return code.uncompilable()
        info = f"{base.info_parameter.name}={code.info()}, " if base.info_parameter else ""
        call = code.constant(base.wrapped_func, f"resolve_{code.name.field}")
        return code.admitted(f"{call}({info}**{code.arguments()})")

    def columns(self, _name: FieldName) -> tuple[str, ...] | None:
        return None


# Strawberry types a field by its annotation. These functions return the type of the value where they know it, so mypy
# compares it with the annotation. They return Any for objects, because every object is a row.


def column(label: str | None = None, *, rule: Rule | None = None, description: str | None = None) -> Any:
    """Declare a field that reads one column; the default `label` is type and field: `organization_name`."""
    return declared_field(Column(label), rule, description)


def same_row(*, present: str | None = None, node: str | None = None, description: str | None = None) -> Any:
    """Declare an object that reads the same row; null if the column `present` is null.

    `node` names a node type that cannot be imported without an import circle. The field is then nullable, and its
    annotation is `Any`.
    """
    if present is None:
        return declared_field(SameRow(), None, description, node)
    declaration = Computed(lambda row, _: row if row[present] is not None else None, None)
    return declared_field(declaration, None, description, node)


def computed(
    compute: Callable[[Any, RequestContext], Value],
    *,
    reads: tuple[str, ...] | None = None,
    rule: Rule | None = None,
    description: str = "",
) -> Value:
    """Declare a value computed from the row and the request.

    `reads` names the columns that `compute` reads; without it the whole row is selected.
    """
    field: Value = declared_field(Computed(compute, reads), rule, description or None)
    return field


def related(
    load: Callable[[RequestContext, Any], Awaitable[Value]],
    *,
    reads: tuple[str, ...] | None = None,
    node: str | None = None,
    rule: Rule | None = None,
    description: str | None = None,
) -> Value:
    """Declare an object or list that is loaded for the row; loaders batch the rows of one level.

    `reads` as in `computed`, `node` as in `same_row`.
    """
    field: Value = declared_field(Related(load, reads), rule, description, node)
    return field


def connection(
    load: Callable[[RequestContext, UUID, Window], Awaitable[Page]],
    owner: str,
    *,
    rule: Rule | None = None,
    description: str | None = None,
) -> Any:
    """Declare pages of the list whose owner's id is in the column `owner`, at most 100 items each."""
    field = declared_field(Paged(load, owner), rule, description)
    field.arguments = [_argument(name, type_, text) for name, (type_, text) in WINDOW.items()]
    return field


def node_id(kind: str, label: str) -> Any:
    """Declare the global id of an object whose own id is in that column."""
    return computed(
        lambda row, _: global_id.encode(kind, row[label]), reads=(label,), description="The object's global id."
    )


def declaration_of(field: StrawberryField) -> Declaration:
    """Return a field's declaration; `Called` for a field with a plain Strawberry resolver."""
    declaration: Declaration | None = field.metadata.get("declaration")
    return declaration or Called(field)


def columns_read(info: Info) -> frozenset[str] | None:
    """Return the columns that the query reads of the rows a resolver returns; None if it may read all."""
    columns: frozenset[str] | None = getattr(info, "columns", None)  # only compiled queries know the columns
    return columns


WINDOW: dict[str, tuple[Any, str]] = {
    "first": (int | None, "Number of items from the beginning, 0 to 100; 20 if neither `first` nor `last` is given."),
    "after": (str | None, "Begin after this cursor."),
    "last": (int | None, "Number of items from the end, 0 to 100."),
    "before": (str | None, "End before this cursor."),
}


def _argument(name: str, type_: Any, description: str) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(type_),
        description=description,
    )


def declared_field(
    declaration: Declaration,
    rule: Rule | None = None,
    description: str | None = None,
    node: str | None = None,
    type_: Any = None,
) -> Any:
    """Return a Strawberry field with a declaration; `node` as in `same_row`, `type_` if it has no annotation."""
    annotation = NodeName(node) | None if node else type_
    return StrawberryField(
        python_name=None,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(annotation) if annotation is not None else None,
        description=description,
        metadata={"declaration": declaration},
        directives=[rule] if rule is not None else [],
    )


@strawberry.interface
class Node:
    """An object with a global id."""

    id: strawberry.ID

    def __init_subclass__(cls) -> None:
        NODES[cls.__name__] = cls
