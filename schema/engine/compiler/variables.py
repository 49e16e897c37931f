"""Coercion of an operation's variables: plain ones directly, all others by graphql-core."""

from typing import Any

from graphql import (
    ArgumentNode,
    DirectiveNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    print_ast,
)
from graphql.execution.values import VariableValues, get_variable_values

PLAIN: dict[str, type] = {"String": str, "ID": str, "Boolean": bool, "Int": int}
INTS = range(-(2**31), 2**31)


class VariableUses(Visitor):
    """Collects the variables of a node: those in conditions, and those inside a list or object literal."""

    def __init__(self) -> None:
        super().__init__()
        self.in_conditions: set[str] = set()
        self.in_literals = False
        self.anywhere = False

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        """Collect the variables of `@skip` and `@include`."""
        values = (argument.value for argument in node.arguments or ())
        self.in_conditions.update(value.name.value for value in values if isinstance(value, VariableNode))

    def enter_variable(self, _node: VariableNode, _key: object, parent: object, *_: object) -> None:
        """Collect a variable, and whether a list or an object encloses it."""
        self.anywhere = True
        self.in_literals |= not isinstance(parent, ArgumentNode | VariableDefinitionNode)


class Variables:
    """Variables that one operation declares; `plainly=False` leaves all of them to graphql-core."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode, *, plainly: bool) -> None:
        self._schema = schema
        self._definitions = operation.variable_definitions or ()
        plain = [_plain(definition) for definition in self._definitions]
        self._plain = [variable for variable in plain if variable is not None]
        self._plainly = plainly and all(plain)

    def coerced(self, given: dict[str, Any]) -> VariableValues | None:
        """Return the coerced variables; None if graphql-core reports errors."""
        values = self._quickly(given) if self._plainly else None
        if values is not None:
            return VariableValues({}, values)
        result: VariableValues | list[GraphQLError] = get_variable_values(self._schema, self._definitions, given)
        return result if isinstance(result, VariableValues) else None

    def _quickly(self, given: dict[str, Any]) -> dict[str, Any] | None:
        """Return the variables unchanged; None if one is not plainly of its type."""
        values = {}
        for name, type_, required in self._plain:
            if name not in given and not required:
                continue
            value = values[name] = given.get(name)
            if value is None and not required:
                continue
            if type(value) is not type_ or (type_ is int and value not in INTS):
                return None
        return values


def _plain(definition: VariableDefinitionNode) -> tuple[str, type, bool] | None:
    """Return name, type and whether a value is required; None if the variable has a default or an unusual type."""
    declared = print_ast(definition.type)
    type_ = PLAIN.get(declared.rstrip("!"))
    if type_ is None or definition.default_value is not None:
        return None
    return definition.variable.name.value, type_, declared.endswith("!")
