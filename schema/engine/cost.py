"""Maximum cost of an operation, computed before it runs: the number of objects and leaves in its answer.

An object costs 1, a leaf 0.1. A connection counts the requested number of items, any other list 10. The cost is
computed once per document; each request fills in only the page sizes that its variables give.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLList, IntValueNode, ListValueNode, ValueNode, VariableNode, get_nullable_type

from resolvers.core.paging import DEFAULT_PAGE, LARGEST_PAGE
from schema.engine.plan import PlannedField, Selection

TENTHS = 10
LIST = 10  # assumed items of a list without a page size: accesses of a member, services of an organization


@dataclass(frozen=True, slots=True)
class Size:
    """Requested number of items: a number or a variable."""

    given: int | None = None
    variable: str | None = None

    def items(self, variables: Mapping[str, Any] | None) -> int:
        """Return the number of items, at most one page; validation refuses values that are no numbers."""
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
    """Cost in tenths of an object: a constant part, and the factor of each variable size."""

    known: int = 0
    terms: tuple[tuple[Size, "Cost"], ...] = ()

    def plus(self, other: "Cost") -> "Cost":
        """Return the sum of both."""
        return Cost(self.known + other.known, self.terms + other.terms)

    def times(self, size: Size) -> "Cost":
        """Return the cost of that many items."""
        if size.variable is not None:
            return Cost(0, ((size, self),))
        factor = size.items({})
        return Cost(self.known * factor, tuple((inner, cost.times(Size(factor))) for inner, cost in self.terms))

    def objects(self, variables: Mapping[str, Any] | None) -> int:
        """Return the cost in objects with these variables; without variables, the maximum."""
        return -(-self._tenths(variables) // TENTHS)

    def _tenths(self, variables: Mapping[str, Any] | None) -> int:
        return self.known + sum(size.items(variables) * cost._tenths(variables) for size, cost in self.terms)


def cost_of(selection: Selection, page: Size | None = None) -> Cost:
    """Return the cost of the selections of one object; `page` is the page size if it is a connection."""
    cost = Cost()
    for planned in selection.fields:
        cost = cost.plus(_field(planned, page))
    return cost


def _field(planned: PlannedField, page: Size | None) -> Cost:
    if not planned.selections:
        return Cost(1)
    asked = _asked(planned)
    ways = [cost_of(selection, asked) for selection in planned.selections]
    # The object's type is known only at run time, so the most expensive one counts.
    most_expensive = Cost(max(way.known for way in ways), tuple(term for way in ways for term in way.terms))
    one = Cost(TENTHS).plus(most_expensive)
    return one.times(page or asked or Size(LIST)) if _is_list(planned) else one


def _asked(planned: PlannedField) -> Size | None:
    """Return the size in a field's arguments; None if the field has no such argument."""
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
