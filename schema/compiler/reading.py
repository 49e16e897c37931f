"""Writes how a field is read, by its declaration (see `schema.fields`)."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_input_object_type,
)
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from graphql.type import GraphQLEnumType
from strawberry.utils.str_converters import to_snake_case

from resolvers.paging import Window
from schema.binding import DEFINITION
from schema.compiler.arguments import Argument, simple_arguments
from schema.compiler.plan import PlannedField
from schema.compiler.source import Writer
from schema.fields import itself


class ContextInfo:
    """All that our own resolvers ask of Strawberry's `Info`."""

    __slots__ = ("context",)

    def __init__(self, context: Any) -> None:
        self.context = context


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Writes the reading of the fields of one operation."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]

    def __call__(self, writer: Writer, planned: PlannedField, row: str) -> str:
        """Return the expression that reads the field from the row of that name."""
        declaration = planned.declaration
        if "column" in declaration:
            label = declaration["column"] or f"{to_snake_case(planned.parent.name)}_{planned.strawberry.python_name}"
            return f"{row}[{label!r}]"
        if "computed" in declaration:
            compute = declaration["computed"]
            return row if compute is itself else f"{writer.constant(compute)}({row}, C)"
        if "related" in declaration:
            return f"{writer.constant(declaration['related'])}(C, {row})"
        if "connection" in declaration:
            page = writer.constant(declaration["connection"])
            return f"{page}(C, {row}[{declaration['owner']!r}], {self._window(writer, planned)})"
        return self._resolver(writer, planned)

    def _window(self, writer: Writer, planned: PlannedField) -> str:
        arguments = simple_arguments(self.schema, self.operation, planned)
        if arguments is None:
            return f"{writer.constant(Window)}(**{self._coerced(writer, planned)})"
        if all(kind == "constant" for kind, _ in arguments.values()):
            return writer.constant(Window(**{name: value for name, (_, value) in arguments.items()}))
        return f"{writer.constant(Window)}({_keywords(writer, arguments)})"

    def _resolver(self, writer: Writer, planned: PlannedField) -> str:
        """Call our resolver itself where Strawberry would convert nothing, else what Strawberry made of it."""
        assert planned.definition is not None
        arguments = simple_arguments(self.schema, self.operation, planned)
        base = planned.strawberry.base_resolver
        given = planned.definition.args
        converts = arguments is None or any(_is_converted(given[name].type) for name in arguments)
        if arguments is None or base is None or base.parent_parameter is not None or converts:
            coerced = self._coerced(writer, planned)
            info = writer.constant(self._info(planned))
            resolve = writer.constant(planned.definition.resolve)
            return f"{resolve}(None, {info}._replace(variable_values=A, context=C), **{coerced})"
        named = {given[name].extensions[DEFINITION].python_name: value for name, value in arguments.items()}
        info = f"info={writer.constant(ContextInfo)}(C)" if base.info_parameter is not None else ""
        return f"{writer.constant(base.wrapped_func)}({', '.join(filter(None, [info, _keywords(writer, named)]))})"

    def _coerced(self, writer: Writer, planned: PlannedField) -> str:
        coerce = writer.constant(get_argument_values)
        return f"{coerce}({writer.constant(planned.definition)}, {writer.constant(planned.nodes[0])}, A)"

    def _info(self, planned: PlannedField) -> GraphQLResolveInfo[Any]:
        assert planned.definition is not None
        unset: Any = None
        return GraphQLResolveInfo(
            field_name=planned.nodes[0].name.value,
            field_nodes=planned.nodes,
            return_type=planned.definition.type,
            parent_type=planned.parent,
            path=Path(None, planned.key, planned.parent.name),
            schema=self.schema,
            fragments=self.fragments,
            root_value=None,
            operation=self.operation,
            variable_values=unset,
            context=None,
            is_awaitable=unset,
            abort_signal=None,
            async_helpers=unset,
        )


def _is_converted(type_: Any) -> bool:
    named = get_named_type(type_)
    return is_input_object_type(named) or isinstance(named, GraphQLEnumType)


def _keywords(writer: Writer, arguments: dict[str, Argument]) -> str:
    def source(kind: str, value: Any) -> str:
        return f"V.get({value!r})" if kind == "variable" else writer.constant(value)

    return ", ".join(f"{name}={source(*argument)}" for name, argument in arguments.items())
