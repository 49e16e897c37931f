"""Writes how a field is read, by its declaration (see `schema.declare.fields`)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resolvers.core.paging import Window
from schema.declare.fields import itself
from schema.engine.compiler.arguments import Arguments
from schema.engine.compiler.columns import columns_of, label_of, shared_column
from schema.engine.compiler.plan import PlannedField, UncompilableError

if TYPE_CHECKING:
    from schema.engine.compiler.source import Writer


@dataclass(slots=True)
class ContextInfo:
    """All that our own resolvers ask of Strawberry's `Info`, and which columns of their rows are read."""

    context: Any
    columns: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Writes the reading of the fields of one operation."""

    arguments: Arguments

    def write(self, writer: "Writer", planned: PlannedField, row: str) -> str:
        """Return the expression that reads the field from the row of that name; raises UncompilableError."""
        declaration = planned.strawberry.metadata
        if "column" in declaration:
            return f"{row}[{label_of(planned)!r}]"
        if "computed" in declaration:
            compute = declaration["computed"]
            return row if compute is itself else f"{writer.constant(compute)}({row}, C)"
        if "related" in declaration:
            return f"{writer.constant(declaration['related'])}(C, {row})"
        if "connection" in declaration:
            window = writer.once(self._window(writer, planned))
            return f"{writer.constant(declaration['connection'])}(C, {row}[{declaration['owner']!r}], {window})"
        return self._call(writer, planned)

    def _window(self, writer: "Writer", planned: PlannedField) -> str:
        part = Window(columns=columns_of(planned), alone=not planned.repeated, shared=shared_column(planned))
        given = self.arguments.each(writer, planned)
        if given is None:
            return f"{writer.constant(part)}._replace(**{self.arguments.write(writer, planned)})"
        places = (given.get(name) or writer.constant(value) for name, value in part._asdict().items())
        return f"{writer.constant(Window)}({', '.join(places)})"

    def _call(self, writer: "Writer", planned: PlannedField) -> str:
        """Call our own resolver, without what Strawberry would put around it."""
        definition = planned.strawberry
        base = definition.base_resolver
        if base is None or base.self_parameter or base.root_parameter or base.parent_parameter or definition.extensions:
            raise UncompilableError(definition.python_name)
        info = ""
        if base.info_parameter:
            asked = f"{writer.constant(ContextInfo)}(C, {writer.constant(columns_of(planned))})"
            info = f"{base.info_parameter.name}={writer.once(asked)}, "
        arguments = writer.once(self.arguments.write(writer, planned))
        return f"{writer.constant(base.wrapped_func)}({info}**{arguments})"
