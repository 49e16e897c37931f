"""Writes a planned operation as Python.

Every selection is written once: as an expression where nothing in it waits, else as a function. The names in it:
`C` the request's context, `A` the variables, `V` their coerced values, `E` the refusals so far; `r` a row, `v` a value,
`i` an index, `p` the path of what a function is about; `g` what a rule comes to for this viewer, `k` a constant.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    is_leaf_type,
)

from schema.compiler import runtime
from schema.compiler.plan import PlannedField, Selection, UncompilableError
from schema.rules import Rule, Who

Reader = Callable[["Writer", PlannedField, str], str]

# What a value of these scalars nearly always is already.
PLAIN = {"String": "str", "ID": "str", "Int": "int", "Boolean": "bool", "Float": "float"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: the name of the row at hand, and the source of each part of its path."""

    row: str
    path: tuple[str, ...]

    def below(self, part: str, row: str | None = None) -> "Place":
        """Return the place of a key or item of this one."""
        return Place(row or self.row, (*self.path, part))

    @property
    def path_source(self) -> str:
        """Return the source of the path as a tuple."""
        return f"({''.join(f'{part}, ' for part in self.path)})"


FUNCTION = Place("r", ("*p",))  # where the body of a written function stands


class Writer:
    """Collects the functions of one operation and the constants they use."""

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._count = 0
        self._judges: dict[int, tuple[str, str]] = {}
        self.functions: list[str] = []
        self.constants: dict[str, Any] = {
            "absent": runtime.absent,
            "refuse": runtime.refuse,
            "together": runtime.together,
        }

    def program(self, root: Selection) -> str:
        """Return the source of `run(C, A, V, E)`, which answers the operation."""
        body = self._body(root, Place("None", ()))
        judges = [f"{name} = {rule}.judge(C.viewer)" for name, rule in self._judges.values()]
        lines = [*judges, *(line for function in self.functions for line in function.splitlines()), *body]
        return "\n".join(["async def run(C, A, V, E):", *(f" {line}" for line in lines)])

    def constant(self, value: object) -> str:
        """Return the name of a constant."""
        name = self._fresh("k")
        self.constants[name] = value
        return name

    def _fresh(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def _judge(self, rule: Rule | None) -> str | None:
        """Return the name of what tells whether this viewer is admitted to a row, None where everybody is."""
        if rule is None or rule.who is Who.PUBLIC:
            return None
        if id(rule) not in self._judges:
            self._judges[id(rule)] = self._fresh("g"), self.constant(rule)
        return self._judges[id(rule)][0]

    def _function(self, letter: str, body: list[str], *, waits: bool = True) -> str:
        name = self._fresh(letter)
        self.functions.append("\n".join([f"{'async ' * waits}def {name}(r, p):", *(f" {line}" for line in body)]))
        return name

    # Selections

    def _body(self, selection: Selection, place: Place) -> list[str]:
        """Return the statements that answer a selection in which something waits."""
        calls, parts = [], []
        for planned in selection.fields:
            if planned.awaits:
                calls.append((planned.key, self._call(planned, place)))
            parts.append(f"{planned.key!r}: {'None' if planned.awaits else self._expression(planned, place)}")
        lines = [f"d = {{{', '.join(parts)}}}"]
        if len(calls) == 1:
            lines.append(f"d[{calls[0][0]!r}] = await {calls[0][1]}")
        elif calls:
            targets = ", ".join(f"d[{key!r}]" for key, _ in calls)
            lines.append(f"{targets} = await together([{', '.join(call for _, call in calls)}])")
        return [*lines, "return d"]

    def _object(self, selection: Selection, place: Place) -> str:
        """Return the expression of a selection in which nothing waits."""
        parts = (f"{planned.key!r}: {self._expression(planned, place)}" for planned in selection.fields)
        return f"{{{', '.join(parts)}}}"

    # Fields

    def _expression(self, planned: PlannedField, place: Place) -> str:
        """Return the expression of a field that waits for nothing."""
        if planned.definition is None:
            return repr(planned.parent.name)
        below = place.below(repr(planned.key))
        value = self._complete(planned.definition.type, self._read(self, planned, place.row), planned, below)
        judge = self._judge(planned.rule)
        if judge is None:
            return value
        return f"({value} if {judge}({place.row}) else {self._refusal(planned, below)})"

    def _call(self, planned: PlannedField, place: Place) -> str:
        """Write the function of a field that waits, and return its call."""
        assert planned.definition is not None
        below = FUNCTION.below(repr(planned.key))
        lines = []
        judge = self._judge(planned.rule)
        if judge is not None:
            lines += [f"if not {judge}(r):", f" return {self._refusal(planned, below)}"]
        read = self._read(self, planned, "r")
        lines.append(f"v = {'await ' * planned.loads}{read}")
        if any(selection.awaits for selection in planned.selections):
            lines += self._awaited(planned.definition.type, planned, Place("v", below.path))
        else:
            lines.append(f"return {self._complete(planned.definition.type, 'v', planned, below)}")
        path = place.path_source if planned.refuses else "()"
        return f"{self._function('f', lines)}({place.row}, {path})"

    def _refusal(self, planned: PlannedField, below: Place) -> str:
        refused = self.constant((planned.rule, planned.nodes))
        return f"refuse(E, C.viewer, {refused}, {below.path_source})"

    # Values

    def _complete(self, type_: GraphQLOutputType, source: str, planned: PlannedField, place: Place) -> str:
        """Return the expression that completes a value of which nothing waits."""
        non_null = isinstance(type_, GraphQLNonNull)
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        none = "absent()" if non_null else "None"
        if is_leaf_type(inner):
            return self._leaf(inner, source, non_null=non_null)
        if isinstance(inner, GraphQLObjectType):
            value, bound = self._bound(source)
            present = f"{bound} is not None"
            judge = self._judge(inner.extensions.get("rule"))
            test = present if judge is None else f"{present} and {judge}({value})"
            return f"({self._object(planned.selections[0], Place(value, place.path))} if {test} else {none})"
        if isinstance(inner, GraphQLInterfaceType):
            return f"{self._by_type(planned, waits=False)}({source}, {place.path_source})"
        if isinstance(inner, GraphQLList):
            value, bound = self._bound(source)
            item, index = self._fresh("r"), self._fresh("i")
            each = self._complete(inner.of_type, item, planned, Place(item, (*place.path, index)))
            loop = f"{index}, {item} in enumerate({value})" if planned.refuses else f"{item} in {value}"
            return f"([{each} for {loop}] if {bound} is not None else {none})"
        raise UncompilableError(str(type_))

    def _awaited(self, type_: GraphQLOutputType, planned: PlannedField, place: Place) -> list[str]:
        """Return the statements that complete the value `v`, of which something waits, and return it."""
        non_null = isinstance(type_, GraphQLNonNull)
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        none = "absent()" if non_null else "None"
        if isinstance(inner, GraphQLObjectType | GraphQLInterfaceType):
            return [f"return await {self._item(inner, planned, none)}(v, {place.path_source})"]
        if not isinstance(inner, GraphQLList):
            raise UncompilableError(str(type_))
        item_type = inner.of_type
        item_none = "absent()" if isinstance(item_type, GraphQLNonNull) else "None"
        item = self._item(getattr(item_type, "of_type", item_type), planned, item_none)
        return [
            "if v is None:",
            f" return {none}",
            f"return await together([{item}(r, (*{place.path_source}, i)) for i, r in enumerate(v)])",
        ]

    def _item(self, type_: GraphQLOutputType, planned: PlannedField, none: str) -> str:
        """Write the function that completes one object, of which something waits."""
        if isinstance(type_, GraphQLInterfaceType):
            return self._by_type(planned, waits=True)
        if not isinstance(type_, GraphQLObjectType):
            raise UncompilableError(str(type_))
        judge = self._judge(type_.extensions.get("rule"))
        test = "r is None" if judge is None else f"r is None or not {judge}(r)"
        return self._function("o", [f"if {test}:", f" return {none}", *self._body(planned.selections[0], FUNCTION)])

    def _by_type(self, planned: PlannedField, *, waits: bool) -> str:
        """Write the function that completes an object of an interface, whose row says of which type it is."""
        table = []
        for selection in planned.selections:
            judge = self._judge(selection.type.extensions.get("rule"))
            lines = self._body(selection, FUNCTION) if waits else [f"return {self._object(selection, FUNCTION)}"]
            table.append(f"{selection.type.name!r}: ({judge}, {self._function('o', lines, waits=waits)})")
        lines = [
            "if r is None:",
            " return None",
            f"g, o = {{{', '.join(table)}}}[r['node_type']]",
            f"return {'await ' * waits}o(r, p) if g is None or g(r) else None",
        ]
        return self._function("a", lines, waits=waits)

    def _bound(self, source: str) -> tuple[str, str]:
        """Return the name of a value, and the expression that gives it the name."""
        if source.isidentifier():
            return source, source
        name = self._fresh("v")
        return name, f"({name} := {source})"

    def _leaf(self, type_: GraphQLLeafType, source: str, *, non_null: bool) -> str:
        """Return the expression of a leaf; only a value that is not plainly of its type needs the reference."""
        careful = self.constant(runtime.leaf(type_, non_null=non_null))
        if isinstance(type_, GraphQLEnumType):
            names = self.constant({value.value: name for name, value in type_.values.items()})
            value, bound = self._bound(source)
            return f"({names}.get({bound}) or {careful}({value}))"
        plain = PLAIN.get(type_.name)
        if plain is None:
            return f"{careful}({source})"
        value, bound = self._bound(source)
        if non_null:
            return f"({value} if type({bound}) is {plain} else {careful}({value}))"
        return f"({value} if {bound} is None or type({value}) is {plain} else {careful}({value}))"
