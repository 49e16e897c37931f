"""What an operation may cost at most, known before it runs: how many objects and leaves its answer can have.

An object counts one, a leaf a tenth. A connection counts as many items as are asked for, any other list as ten. Worked
out once for a document; only the sizes that variables give are filled in for each request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLList, IntValueNode, ListValueNode, ValueNode, VariableNode, get_nullable_type

from resolvers.core.paging import DEFAULT_PAGE, LARGEST_PAGE
from schema.engine.plan import PlannedField, Selection

TENTHS = 10
LIST = 10  # items in a list that is not asked for by size: accesses of a member, services of an organization


@dataclass(frozen=True, slots=True)
class Size:
    """How many items are asked for, by a number or a variable."""

    given: int | None = None
    variable: str | None = None

    def items(self, variables: Mapping[str, Any] | None) -> int:
        """Return the number of items, at most a page; whatever is not a number is refused elsewhere."""
        number: Any = self.given
        if self.variable is not None:
            if variables is None:
                return LARGEST_PAGE
            number = variables.get(self.variable)
        if isinstance(number, list):
            number = len(number)
        return min(max(number, 0), LARGEST_PAGE) if type(number) is int else DEFAULT_PAGE


@dataclass(frozen=True, slots=True)
class Cost:
    """Tenths of an object: what is known, and what each variable size multiplies."""

    known: int = 0
    terms: tuple[tuple[Size, "Cost"], ...] = ()

    def plus(self, other: "Cost") -> "Cost":
        """Return both together."""
        return Cost(self.known + other.known, self.terms + other.terms)

    def times(self, size: Size) -> "Cost":
        """Return it as often as there are items."""
        if size.variable is not None:
            return Cost(0, ((size, self),))
        factor = size.items({})
        return Cost(self.known * factor, tuple((inner, cost.times(Size(factor))) for inner, cost in self.terms))

    def objects(self, variables: Mapping[str, Any] | None) -> int:
        """Return the cost with these variables, or with the most expensive there can be, in objects."""
        return -(-self._tenths(variables) // TENTHS)

    def _tenths(self, variables: Mapping[str, Any] | None) -> int:
        return self.known + sum(size.items(variables) * cost._tenths(variables) for size, cost in self.terms)


def cost_of(selection: Selection, page: Size | None = None) -> Cost:
    """Return the cost of what is selected of one object; `page` is the size of the connection that it is."""
    cost = Cost()
    for planned in selection.fields:
        cost = cost.plus(_field(planned, page))
    return cost


def _field(planned: PlannedField, page: Size | None) -> Cost:
    if not planned.selections:
        return Cost(1)
    asked = _asked(planned)
    ways = [cost_of(selection, asked) for selection in planned.selections]
    # Of which type an object is shows only at run time: none of them costs more than this.
    most_expensive = Cost(max(way.known for way in ways), tuple(term for way in ways for term in way.terms))
    one = Cost(TENTHS).plus(most_expensive)
    return one.times(page or asked or Size(LIST)) if _is_list(planned) else one


def _asked(planned: PlannedField) -> Size | None:
    """Return the size that a field's own arguments ask for, None for a field that has no such argument."""
    assert planned.definition is not None
    arguments = {argument.name.value: argument.value for argument in planned.nodes[0].arguments or ()}
    if "ids" in planned.definition.args:
        return _size(arguments["ids"])
    if "first" not in planned.definition.args:
        return None
    given = arguments.get("first") or arguments.get("last")
    return Size(DEFAULT_PAGE) if given is None else _size(given)


def _size(value: ValueNode) -> Size:
    if isinstance(value, VariableNode):
        return Size(variable=value.name.value)
    if isinstance(value, ListValueNode):
        return Size(len(value.values))
    return Size(int(value.value)) if isinstance(value, IntValueNode) else Size(1)


def _is_list(planned: PlannedField) -> bool:
    assert planned.definition is not None
    return isinstance(get_nullable_type(planned.definition.type), GraphQLList)
