"""Writes a planned operation as Python.

Every selection is written once: as an expression where nothing in it waits, else as a function. The names in it:
`C` the request's context, `A` the variables, `V` their coerced values, `E` the refusals so far; `r` a row, `v` a value,
`i` an index, `p` the path of what a function is about; `k` a constant, `g` what is the same for all the request, `h`
what is the same for all rows of a list.
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

from schema.compiler import runtime
from schema.compiler.columns import shared_column
from schema.compiler.plan import PlannedField, Selection, UncompilableError
from schema.rules import Rule, Who

Read = Callable[["Writer", PlannedField, str], str]

# What a value of these scalars nearly always is already.
PLAIN = {"String": "str", "ID": "str", "Int": "int", "Boolean": "bool", "Float": "float"}
CALLED = {name: getattr(runtime, name) for name in ("absent", "no_list", "refuse", "together")}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: the name of the row at hand, and the source of each part of its path."""

    row: str
    path: tuple[str, ...]

    def below(self, part: str, row: str | None = None) -> "Place":
        """Return the place of a key or an item of this one."""
        return Place(row or self.row, (*self.path, part))

    @property
    def path_source(self) -> str:
        """Return the source of the path as a tuple."""
        return "p" if self.path == ("*p",) else f"({''.join(f'{part}, ' for part in self.path)})"


FUNCTION = Place("r", ("*p",))  # where the body of a written function stands


@dataclass(slots=True)
class Owner:
    """Whose list the rows of a connection are: a rule that looks at their common column is asked once for all."""

    column: str
    tests: dict[str, str] = field(default_factory=dict)

    def test(self, ids: str, fresh: Callable[[str], str]) -> str:
        """Return the name of whether the owner's id is among those."""
        return self.tests.setdefault(f"r[{self.column!r}] in {ids}", fresh("h"))

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
        body = self._body(root, Place("None", ()))
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
        """Return the statements that answer a selection; what waits in it waits together."""
        if not selection.awaits:
            return [f"return {self._object(selection, place)}"]
        calls = [(planned.key, self._call(planned, place)) for planned in selection.fields if planned.awaits]
        lines = [f"d = {self._object(selection, place)}"]
        if len(calls) == 1:
            lines.append(f"d[{calls[0][0]!r}] = await {calls[0][1]}")
        else:
            targets = ", ".join(f"d[{key!r}]" for key, _ in calls)
            lines.append(f"{targets} = await together([{', '.join(call for _, call in calls)}])")
        return [*lines, "return d"]

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

    def _call(self, planned: PlannedField, place: Place) -> str:
        """Write the function of a field that waits (or of its object, when only that waits), and return its call."""
        assert planned.definition is not None
        type_, below = planned.definition.type, FUNCTION.below(repr(planned.key))
        admitted = self._admitted(planned.rule, "r")
        if admitted is None and not planned.loads and not is_list_type(get_nullable_type(type_)):
            path = place.below(repr(planned.key)).path_source if planned.refuses else "()"
            return f"{self._completer(type_, planned)}({self._read(self, planned, place.row)}, {path})"
        lines = [] if admitted is None else [f"if not {admitted}: return {self._refusal(planned, below)}"]
        lines.append(f"v = {'await ' * planned.loads}{self._read(self, planned, 'r')}")
        owner = self._owner(planned)
        completed = self._complete(type_, "v", planned, below)
        lines += [*(owner.lines if owner else []), f"return {completed}"]
        path = place.path_source if planned.refuses else "()"
        return f"{self._function('f', lines, waits=True)}({place.row}, {path})"

    def _owner(self, planned: PlannedField) -> Owner | None:
        """Return who the owner of a connection's rows is, and remember it for the lists of them."""
        column = shared_column(planned)
        if column is None:
            return None
        owner = Owner(column)
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
        test = f"{bound} is not None" + (f" and {admitted}" if admitted else "")
        none = "absent()" if is_non_null_type(type_) else "None"
        return f"({self._object(selection, Place(value, place.path))} if {test} else {none})"

    def _list(self, type_: GraphQLOutputType, source: str, planned: PlannedField, place: Place) -> str:
        nullable: Any = get_nullable_type(type_)
        item_type = nullable.of_type
        value, bound = self._bound(source)
        item, index = self._fresh("r"), self._fresh("i")
        if id(planned) in self._owner_of_list:
            self._owner_of_row[item] = self._owner_of_list[id(planned)]
        loop, below = f"for {item} in {value}", Place(item, ())
        if planned.refuses:
            loop, below = f"for {index}, {item} in enumerate({value})", place.below(index, item)
        if planned.selections_await:
            items = f"await together([{self._completer(item_type, planned)}({item}, {below.path_source}) {loop}])"
        else:
            items = f"[{self._complete(item_type, item, planned, below)} {loop}]"
        return f"({items} if type({bound}) is list else {'absent' if is_non_null_type(type_) else 'no_list'}({value}))"

    def _completer(self, type_: GraphQLOutputType, planned: PlannedField) -> str:
        """Write the function that completes one object, by the type that its row says it is of."""
        inner = get_nullable_type(type_)
        waits = planned.selections_await
        none = "absent()" if is_non_null_type(type_) else "None"
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
        careful = self.constant(runtime.leaf(type_, non_null=non_null))
        value, bound = self._bound(source)
        if isinstance(type_, GraphQLEnumType):
            names = self.constant({value.value: name for name, value in type_.values.items()})
            return f"({names}.get({bound}) or {careful}({value}))"
        plain = PLAIN.get(type_.name)
        if plain is None:
            return f"{careful}({source})"
        null = "" if non_null else f"{bound} is None or "
        return f"({value} if {null}type({bound if non_null else value}) is {plain} else {careful}({value}))"
