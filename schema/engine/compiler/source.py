"""Writes a planned operation as Python.

Every selection is written once: as an expression where nothing in it waits, as statements where one thing does, and as
functions where several wait together. The names in it: `C` the request's context, `A` the variables, `V` their coerced
values, `E` the refusals so far; `r` a row, `v` a value, `d` an object in the making, `i` an index, `p` the path of what
a function is about; `k` a constant, `g` what is the same for all the request, `h` for all rows of a list.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
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
from schema.engine.compiler.columns import shared_column
from schema.engine.compiler.plan import PlannedField, Selection, UncompilableError

Read = Callable[["Writer", PlannedField, str], str]

# What a value of these scalars nearly always is already.
PLAIN = {"String": "str", "ID": "str", "Int": "int", "Boolean": "bool", "Float": "float"}
CALLED = {name: getattr(runtime, name) for name in ("absent", "no_list", "refuse", "together")}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: the row at hand, the sources of its path's parts, whether the row is surely there."""

    row: str
    path: tuple[str, ...]
    is_there: bool = True

    def below(self, part: str) -> "Place":
        """Return the place of a key of this one."""
        return Place(self.row, (*self.path, part))

    @property
    def path_source(self) -> str:
        """Return the source of the path as a tuple."""
        return "p" if self.path == ("*p",) else f"({''.join(f'{part}, ' for part in self.path)})"


FUNCTION = Place("r", ("*p",))  # where the body of a written function stands


@dataclass(slots=True)
class Owner:
    """Whose list the rows of a connection are: a rule that looks at their common column is asked once for all."""

    row: str
    column: str
    tests: dict[str, str] = field(default_factory=dict)

    def test(self, ids: str, fresh: Callable[[str], str]) -> str:
        """Return the name of whether the owner's id is among those."""
        return self.tests.setdefault(f"{self.row}[{self.column!r}] in {ids}", fresh("h"))

    @property
    def lines(self) -> list[str]:
        """Return the statements that give the names."""
        return [f"{name} = {test}" for test, name in self.tests.items()]


class Writer:
    """Collects the functions of one operation, the constants they use, and what is worked out once a request."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._count = 0
        self._once: dict[str, str] = {}
        self._names: dict[int, str] = {}
        self._functions: list[list[str]] = []
        self._owner_of_list: dict[int, Owner] = {}
        self._owner_of_row: dict[str, Owner] = {}
        self.constants: dict[str, Any] = dict(CALLED)

    def program(self, root: Selection) -> str:
        """Return the source of `run(C, A, V, E)`, which answers the operation; raises UncompilableError."""
        body = self._body(root, Place("None", (), is_there=False))
        once = [f"{name} = {expression}" for expression, name in self._once.items()]
        functions = [line for function in self._functions for line in function]
        return "\n".join(["async def run(C, A, V, E):", *(f" {line}" for line in [*once, *functions, *body])])

    def constant(self, value: object) -> str:
        """Return the name of a constant, which is kept and so has its identity to itself."""
        if id(value) not in self._names:
            self._names[id(value)] = name = self._fresh("k")
            self.constants[name] = value
        return self._names[id(value)]

    def once(self, expression: str) -> str:
        """Return the name of what the expression, in which no row is named, comes to for one request."""
        if expression not in self._once:
            self._once[expression] = self._fresh("g")
        return self._once[expression]

    def _fresh(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def _admitted(self, rule: Rule | None, row: str) -> str | None:
        """Return the expression of whether this viewer is admitted to a row, None where everybody is."""
        if rule is None or rule.who is Who.PUBLIC:
            return None
        name = self.constant(rule)
        if not rule.columns:
            return self.once(f"{name}.admits_to_all(C.viewer)")
        ids = {column: self.once(f"{name}.admitted(C.viewer, {column!r})") for column in rule.columns}
        owner = self._owner_of_row.get(row)
        by_owner = [owner.test(ids.pop(owner.column), self._fresh)] if owner and owner.column in ids else []
        return f"({' or '.join([*by_owner, *(f'{row}[{column!r}] in {name}' for column, name in ids.items())])})"

    def _function(self, letter: str, body: list[str], *, waits: bool) -> str:
        name = self._fresh(letter)
        self._functions.append([f"{'async ' * waits}def {name}(r, p):", *(f" {line}" for line in body)])
        return name

    def _bound(self, source: str) -> tuple[str, str]:
        """Return the name of a value, and the expression that gives it the name."""
        if source.isidentifier():
            return source, source
        name = self._fresh("v")
        return name, f"({name} := {source})"

    # Selections

    def _body(self, selection: Selection, place: Place) -> list[str]:
        """Return the statements that answer a selection."""
        if not selection.awaits:
            return [f"return {self._object(selection, place)}"]
        name, lines = self._awaited(selection, place)
        return [*lines, f"return {name}"]

    def _awaited(self, selection: Selection, place: Place) -> tuple[str, list[str]]:
        """Return the name of an object in which something waits, and the statements that make it.

        What waits alone is written in its place: each call of a function would be gone through again at every wait.
        """
        name = self._fresh("d")
        lines = [f"{name} = {self._object(selection, place)}"]
        waiting = [(f"{name}[{planned.key!r}]", planned) for planned in selection.fields if planned.awaits]
        if len(waiting) == 1:
            return name, [*lines, *self._steps(*waiting[0], place)]
        targets = ", ".join(target for target, _ in waiting)
        calls = ", ".join(self._call(planned, place) for _, planned in waiting)
        return name, [*lines, f"{targets} = await together([{calls}])"]

    def _object(self, selection: Selection, place: Place) -> str:
        """Return the expression of a selection, None in it standing for what waits."""
        parts = (f"{planned.key!r}: {self._expression(planned, place)}" for planned in selection.fields)
        return f"{{{', '.join(parts)}}}"

    # Fields

    def _expression(self, planned: PlannedField, place: Place) -> str:
        if planned.definition is None:
            return repr(planned.parent.name)
        if planned.awaits:
            return "None"
        below = place.below(repr(planned.key))
        value = self._complete(planned.definition.type, self._read(self, planned, place.row), planned, below)
        admitted = self._admitted(planned.rule, place.row)
        return value if admitted is None else f"({value} if {admitted} else {self._refusal(planned, below)})"

    def _steps(self, target: str, planned: PlannedField, place: Place) -> list[str]:
        """Return the statements that give a field that waits (or whose object does) its value."""
        assert planned.definition is not None
        below, value = place.below(repr(planned.key)), self._fresh("v")
        admitted = self._admitted(planned.rule, place.row)
        lines = [f"{value} = {'await ' * planned.loads}{self._read(self, planned, place.row)}"]
        owner = self._owner(planned, place.row)
        completed = self._completed(target, planned, Place(value, below.path, is_there=False))
        lines += [*(owner.lines if owner else []), *completed]
        return lines if admitted is None else _either(admitted, lines, f"{target} = {self._refusal(planned, below)}")

    def _completed(self, target: str, planned: PlannedField, place: Place) -> list[str]:
        """Return the statements that complete the value at a place; the object of one type is written there."""
        assert planned.definition is not None
        type_ = planned.definition.type
        if not planned.selections_await or not is_object_type(get_nullable_type(type_)):
            return [f"{target} = {self._complete(type_, place.row, planned, place)}"]
        (selection,) = planned.selections
        admitted = self._admitted(selection.type.extensions.get("rule"), place.row)
        name, lines = self._awaited(selection, Place(place.row, place.path))
        test = f"({place.row} is not None" + (f" and {admitted})" if admitted else ")")
        return _either(test, [*lines, f"{target} = {name}"], f"{target} = {_none(type_)}")

    def _call(self, planned: PlannedField, place: Place) -> str:
        """Write the function of a field that waits together with others, and return its call."""
        path = place.path_source if planned.refuses else "()"
        function = self._function("f", [*self._steps("v", planned, FUNCTION), "return v"], waits=True)
        return f"{function}({place.row}, {path})"

    def _owner(self, planned: PlannedField, row: str) -> Owner | None:
        """Return who the owner of a connection's rows is, and remember it for the lists of them."""
        column = shared_column(planned)
        if column is None:
            return None
        owner = Owner(row, column)
        self._owner_of_list |= {id(listed): owner for selection in planned.selections for listed in selection.fields}
        return owner

    def _refusal(self, planned: PlannedField, below: Place) -> str:
        return f"refuse(E, C.viewer, {self.constant((planned.rule, planned.nodes))}, {below.path_source})"

    # Values

    def _complete(self, type_: GraphQLOutputType, source: str, planned: PlannedField, place: Place) -> str:
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
        admitted = self._admitted(inner.extensions.get("rule"), value)
        is_there = value == place.row and place.is_there
        tests = [test for test in (None if is_there else f"{bound} is not None", admitted) if test]
        made = self._object(selection, Place(value, place.path))
        return f"({made} if {' and '.join(tests)} else {_none(type_)})" if tests else made

    def _list(self, type_: GraphQLOutputType, source: str, planned: PlannedField, place: Place) -> str:
        nullable: Any = get_nullable_type(type_)
        item_type = nullable.of_type
        value, bound = self._bound(source)
        item, index = self._fresh("r"), self._fresh("i")
        if id(planned) in self._owner_of_list:
            self._owner_of_row[item] = self._owner_of_list[id(planned)]
        below = Place(item, (*place.path, index) if planned.refuses else (), is_there=False)
        loop = f"for {index}, {item} in enumerate({value})" if planned.refuses else f"for {item} in {value}"
        if planned.selections_await:
            items = f"await together([{self._completer(item_type, planned)}({item}, {below.path_source}) {loop}])"
        else:
            items = f"[{self._complete(item_type, item, planned, below)} {loop}]"
        return f"({items} if type({bound}) is list else {'absent' if is_non_null_type(type_) else 'no_list'}({value}))"

    def _completer(self, type_: GraphQLOutputType, planned: PlannedField) -> str:
        """Write the function that completes one object, by the type that its row says it is of."""
        inner = get_nullable_type(type_)
        waits, none = planned.selections_await, _none(type_)
        if is_object_type(inner):
            return self._object_completer(planned.selections[0], none, waits=waits)
        if not is_abstract_type(inner):
            raise UncompilableError(str(type_))
        table = (f"{s.type.name!r}: {self._object_completer(s, none, waits=waits)}" for s in planned.selections)
        completed = f"{'await ' * waits}{{{', '.join(table)}}}[r['node_type']](r, p)"
        return self._function("a", [f"return {none} if r is None else {completed}"], waits=waits)

    def _object_completer(self, selection: Selection, none: str, *, waits: bool) -> str:
        admitted = self._admitted(selection.type.extensions.get("rule"), "r")
        test = "r is None" + (f" or not {admitted}" if admitted else "")
        return self._function("o", [f"if {test}: return {none}", *self._body(selection, FUNCTION)], waits=waits)

    def _leaf(self, type_: GraphQLLeafType, source: str, *, non_null: bool) -> str:
        """Return the expression of a leaf; only a value that is not plainly of its type needs the reference."""
        if isinstance(type_, GraphQLEnumType):
            return f"{self.constant(runtime.names_of(type_, non_null=non_null))}[{source}]"
        careful = self.constant(runtime.leaf(type_, non_null=non_null))
        plain = PLAIN.get(type_.name)
        if plain is None:
            return f"{careful}({source})"
        value, bound = self._bound(source)
        null = "" if non_null else f"{bound} is None or "
        return f"({value} if {null}type({bound if non_null else value}) is {plain} else {careful}({value}))"


def _either(test: str, then: list[str], otherwise: str) -> list[str]:
    return [f"if not {test}: {otherwise}", "else:", *(f" {line}" for line in then)]


def _none(type_: GraphQLOutputType) -> str:
    """Return the expression of an object that is not there."""
    return "absent()" if is_non_null_type(type_) else "None"
