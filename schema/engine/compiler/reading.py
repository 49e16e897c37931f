"""Source of one field's parts, for its declaration: page, arguments and `Info`."""

from dataclasses import dataclass
from typing import Any, NoReturn

from resolvers.core.paging import Window
from schema.declare.fields import FieldName
from schema.engine.compiler.arguments import Arguments
from schema.engine.compiler.columns import columns_of
from schema.engine.compiler.names import Names
from schema.engine.plan import PlannedField, UncompilableError


@dataclass(slots=True)
class ContextInfo:
    """Substitute for Strawberry's `Info`: the context, and the columns that the query reads of the rows."""

    context: Any
    columns: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class FieldReading:
    """Writes the parts of one planned field that its declaration asks for; see `schema.declare.fields.FieldCode`."""

    names: Names
    given: Arguments
    planned: PlannedField

    @property
    def name(self) -> FieldName:
        """Return the field's type and name."""
        return self.planned.name

    def constant(self, value: object, hint: str) -> str:
        """Return the name of a constant."""
        return self.names.constant(value, hint)

    def window(self) -> str:
        """Return the requested page; raises UncompilableError."""
        part = Window(columns=columns_of(self.planned), alone=not self.planned.repeated)
        given = self.given.each(self.names, self.planned)
        if given is None:
            base = self.names.constant(part, "window")
            return self.names.once(f"{base}._replace(**{self.given.write(self.names, self.planned)})", "window")
        places = (given.get(name) or self.names.constant(value, name) for name, value in part._asdict().items())
        return self.names.once(f"{self.names.constant(Window, 'Window')}({', '.join(places)})", "window")

    def info(self) -> str:
        """Return the substitute for `Info`."""
        columns = self.names.constant(columns_of(self.planned), "columns")
        return self.names.once(f"{self.names.constant(ContextInfo, 'Info')}(context, {columns})", "info")

    def arguments(self) -> str:
        """Return the arguments as a dict; raises UncompilableError."""
        return self.names.once(self.given.write(self.names, self.planned), "arguments")

    def uncompilable(self) -> NoReturn:
        """Raise UncompilableError: the field needs Strawberry's own call of its resolver."""
        raise UncompilableError(f"{self.name.type}.{self.name.field}")

    def admitted(self, call: str) -> str:
        """Return the call, guarded by the field's admission; graphql-core renders a denial, like any error."""
        assert self.planned.definition is not None
        admission = self.planned.definition.extensions.get("admission")
        if admission is None:
            return call
        return f"{self.names.constant(admission.compiled, 'admitted')}(context, {self.arguments()}, lambda: {call})"
