"""Python source of a planned query.

A selection is written as an expression if no field in it waits. If one field waits, it is written as statements; if
several wait together, as functions. Only `repr()` of names that graphql-core's lexer has checked, and names from
`Names`, reach the source.
"""

from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLLeafType,
    GraphQLOutputType,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from schema.declare.rules import Rule, Who
from schema.engine.compiler import runtime
from schema.engine.compiler.arguments import Arguments
from schema.engine.compiler.names import Names
from schema.engine.compiler.reading import FieldReading
from schema.engine.plan import PlannedField, Selection, UncompilableError

# Scalars whose values nearly always have this Python type already.
PLAIN = {"String": "str", "ID": "str", "Int": "int", "Boolean": "bool", "Float": "float"}


@dataclass(frozen=True, slots=True)
class Position:
    """Position of an expression: its row, the source of each part of its path, and whether the row may be None."""

    row: str
    path: tuple[str, ...]
    is_there: bool = True

    def below(self, part: str) -> "Position":
        """Return the position of a key of this object."""
        return Position(self.row, (*self.path, part))

    @property
    def path_source(self) -> str:
        """Return the source of the path as a tuple."""
        return "path" if self.path == ("*path",) else f"({''.join(f'{part}, ' for part in self.path)})"


FUNCTION = Position("row", ("*path",))  # inside a generated function


class Writer:
    """Generates the functions of one operation and its program."""

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments
        self._functions: list[list[str]] = []
        self.names = Names()

    def program(self, root: Selection) -> str:
        """Return the source of `run(context, variables, values, errors)`; raises UncompilableError."""
        body = self._body(root, Position("None", (), is_there=False))
        functions = [line for function in self._functions for line in function]
        head = "async def run(context, variables, values, errors):"
        return "\n".join([head, *(f"    {line}" for line in [*self.names.assignments, *functions, *body])])

    def _read(self, planned: PlannedField, row: str) -> str:
        return planned.declaration.expression(FieldReading(self.names, self._arguments, planned), row)

    def _allowed(self, rule: Rule | None, row: str) -> str | None:
        """Return the expression that tests access to a row; None if everybody may reach it."""
        if rule is None or rule.who is Who.PUBLIC:
            return None
        name = self.names.constant(rule, "rule")
        if not rule.columns:
            return self.names.once(f"{name}.allows_all(context.viewer)", "allowed")
        return f"({' or '.join(f'{row}[{column!r}] in {self._allowed_ids(name, column)}' for column in rule.columns)})"

    def _allowed_ids(self, rule: str, column: str) -> str:
        return self.names.once(f"{rule}.allowed_ids(context.viewer, {column!r})", f"allowed_{column}")

    def _function(self, hint: str, body: list[str], *, waits: bool) -> str:
        name = self.names.fresh(hint)
        self._functions.append([f"{'async ' * waits}def {name}(row, path):", *(f"    {line}" for line in body)])
        return name

    def _bound(self, source: str) -> tuple[str, str]:
        """Return the name of a value, and the expression that assigns it."""
        if source.isidentifier():
            return source, source
        name = self.names.fresh("value")
        return name, f"({name} := {source})"

    # Selections

    def _body(self, selection: Selection, place: Position) -> list[str]:
        """Return the statements that answer a selection."""
        if not selection.awaits:
            return [f"return {self._object(selection, place)}"]
        name, lines = self._awaited(selection, place)
        return [*lines, f"return {name}"]

    def _awaited(self, selection: Selection, place: Position) -> tuple[str, list[str]]:
        """Return the name of an object with waiting fields, and the statements that make it.

        A field that waits alone is written inline, because each wait would resume the frame of a function.
        """
        name = self.names.fresh("object")
        lines = [f"{name} = {self._object(selection, place)}"]
        waiting = [(f"{name}[{planned.key!r}]", planned) for planned in selection.fields if planned.awaits]
        if len(waiting) == 1:
            return name, [*lines, *self._steps(*waiting[0], place)]
        targets = ", ".join(target for target, _ in waiting)
        calls = ", ".join(self._call(planned, place) for _, planned in waiting)
        return name, [*lines, f"{targets} = await gather_or_cancel([{calls}])"]

    def _object(self, selection: Selection, place: Position) -> str:
        """Return the expression of a selection, with None for each field that waits."""
        parts = (f"{planned.key!r}: {self._expression(planned, place)}" for planned in selection.fields)
        return f"{{{', '.join(parts)}}}"

    # Fields

    def _expression(self, planned: PlannedField, place: Position) -> str:
        if planned.definition is None:
            return repr(planned.parent.name)
        if planned.awaits:
            return "None"
        below = place.below(repr(planned.key))
        value = self._complete(planned.definition.type, self._read(planned, place.row), planned, below)
        allowed = self._allowed(planned.rule, place.row)
        return value if allowed is None else f"({value} if {allowed} else {self._refusal(planned, below)})"

    def _steps(self, target: str, planned: PlannedField, place: Position) -> list[str]:
        """Return the statements that assign a waiting field."""
        below, value = place.below(repr(planned.key)), self.names.fresh("value")
        allowed = self._allowed(planned.rule, place.row)
        lines = [
            f"{value} = {'await ' * planned.loads}{self._read(planned, place.row)}",
            *self._completed(target, planned, Position(value, below.path, is_there=False)),
        ]
        return lines if allowed is None else _either(allowed, lines, f"{target} = {self._refusal(planned, below)}")

    def _completed(self, target: str, planned: PlannedField, place: Position) -> list[str]:
        """Return the statements that complete the value of a key."""
        assert planned.definition is not None
        type_ = planned.definition.type
        if not planned.selections_await or not is_object_type(get_nullable_type(type_)):
            return [f"{target} = {self._complete(type_, place.row, planned, place)}"]
        (selection,) = planned.selections
        allowed = self._allowed(selection.type.extensions.get("rule"), place.row)
        name, lines = self._awaited(selection, Position(place.row, place.path))
        test = f"({place.row} is not None" + (f" and {allowed})" if allowed else ")")
        return _either(test, [*lines, f"{target} = {name}"], f"{target} = {_none(type_)}")

    def _call(self, planned: PlannedField, place: Position) -> str:
        """Write the function of a field that waits together with others, and return its call."""
        path = place.path_source if planned.refuses else "()"
        steps = [*self._steps("value", planned, FUNCTION), "return value"]
        return f"{self._function(f'field_{planned.name.field}', steps, waits=True)}({place.row}, {path})"

    def _refusal(self, planned: PlannedField, below: Position) -> str:
        refused = self.names.constant((planned.rule, planned.nodes), "refused")
        return f"refuse(errors, context.viewer, {refused}, {below.path_source})"

    # Values

    def _complete(self, type_: GraphQLOutputType, source: str, planned: PlannedField, place: Position) -> str:
        """Return the expression that completes a value."""
        inner: Any = get_nullable_type(type_)
        if is_leaf_type(inner):
            return self._leaf(inner, source, non_null=is_non_null_type(type_))
        if is_list_type(inner):
            return self._list(type_, source, planned, place)
        if planned.selections_await or is_abstract_type(inner):
            call = f"{self._completer(type_, planned)}({source}, {place.path_source})"
            return f"await {call}" if planned.selections_await else call
        (selection,) = planned.selections
        value, bound = self._bound(source)
        allowed = self._allowed(inner.extensions.get("rule"), value)
        is_there = value == place.row and place.is_there
        tests = [test for test in (None if is_there else f"{bound} is not None", allowed) if test]
        made = self._object(selection, Position(value, place.path))
        return f"({made} if {' and '.join(tests)} else {_none(type_)})" if tests else made

    def _list(self, type_: GraphQLOutputType, source: str, planned: PlannedField, place: Position) -> str:
        nullable: Any = get_nullable_type(type_)
        item_type = nullable.of_type
        value, bound = self._bound(source)
        item, index = self.names.fresh("row"), self.names.fresh("index")
        below = Position(item, (*place.path, index) if planned.refuses else (), is_there=False)
        loop = f"for {index}, {item} in enumerate({value})" if planned.refuses else f"for {item} in {value}"
        if planned.selections_await:
            call = f"{self._completer(item_type, planned)}({item}, {below.path_source})"
            items = f"await gather_or_cancel([{call} {loop}])"
        else:
            items = f"[{self._complete(item_type, item, planned, below)} {loop}]"
        otherwise = "raise_missing" if is_non_null_type(type_) else "require_null"
        return f"({items} if type({bound}) is list else {otherwise}({value}))"

    def _completer(self, type_: GraphQLOutputType, planned: PlannedField) -> str:
        """Write a function that completes an object of the type that its row names."""
        inner = get_nullable_type(type_)
        waits, none = planned.selections_await, _none(type_)
        if is_object_type(inner):
            return self._object_completer(planned.selections[0], none, waits=waits)
        if not is_abstract_type(inner):
            raise UncompilableError(str(type_))
        table = (f"{s.type.name!r}: {self._object_completer(s, none, waits=waits)}" for s in planned.selections)
        completed = f"{'await ' * waits}{{{', '.join(table)}}}[row['node_type']](row, path)"
        return self._function("complete", [f"return {none} if row is None else {completed}"], waits=waits)

    def _object_completer(self, selection: Selection, none: str, *, waits: bool) -> str:
        allowed = self._allowed(selection.type.extensions.get("rule"), "row")
        test = "row is None" + (f" or not {allowed}" if allowed else "")
        body = [f"if {test}: return {none}", *self._body(selection, FUNCTION)]
        return self._function(f"complete_{selection.type.name}", body, waits=waits)

    def _leaf(self, type_: GraphQLLeafType, source: str, *, non_null: bool) -> str:
        """Return the expression of a leaf; graphql-core serializes only values of an unusual type."""
        if isinstance(type_, GraphQLEnumType):
            names = runtime.names_of(type_, non_null=non_null)
            return f"{self.names.constant(names, f'names_of_{type_.name}')}[{source}]"
        careful = self.names.constant(runtime.leaf(type_, non_null=non_null), f"complete_{type_.name}")
        plain = PLAIN.get(type_.name)
        if plain is None:
            return f"{careful}({source})"
        value, bound = self._bound(source)
        null = "" if non_null else f"{bound} is None or "
        return f"({value} if {null}type({bound if non_null else value}) is {plain} else {careful}({value}))"


def _either(test: str, then: list[str], otherwise: str) -> list[str]:
    return [f"if not {test}: {otherwise}", "else:", *(f"    {line}" for line in then)]


def _none(type_: GraphQLOutputType) -> str:
    """Return the expression of an absent object."""
    return "raise_missing()" if is_non_null_type(type_) else "None"
