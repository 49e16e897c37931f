"""Coerces the variables of an operation: plain ones by looking at them, all others as the reference does."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    type_from_ast,
    value_from_ast,
)
from graphql.execution.values import VariableValues, get_variable_values

PLAIN: dict[str, type] = {"String": str, "ID": str, "Boolean": bool, "Int": int}
LARGEST_INT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PlainVariable:
    """A variable of a built-in scalar; a value that is not plainly of `type` is left to the reference."""

    name: str
    type: type
    required: bool
    default: Any

    def plainly(self, value: Any) -> bool:
        """Return whether the value needs no coercion and no refusal."""
        if value is None:
            return not self.required
        if type(value) is int:
            return self.type is int and -LARGEST_INT - 1 <= value <= LARGEST_INT
        return type(value) is self.type


class Variables:
    """The variables that one operation declares; `plainly=False` leaves them all to the reference."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode, *, plainly: bool) -> None:
        self._schema = schema
        self._definitions = operation.variable_definitions or ()
        plain = [_plain(schema, definition) for definition in self._definitions]
        self._plain = [variable for variable in plain if variable is not None] if plainly and all(plain) else None

    def coerced(self, given: dict[str, Any] | None) -> VariableValues | None:
        """Return the coerced variables, or None when the reference has something to say against them."""
        given = given or {}
        values = self._quickly(given)
        if values is not None:
            return VariableValues({}, values)
        result: VariableValues | list[GraphQLError] = get_variable_values(self._schema, self._definitions, given)
        return result if isinstance(result, VariableValues) else None

    def _quickly(self, given: dict[str, Any]) -> dict[str, Any] | None:
        if self._plain is None:
            return None
        values = {}
        for variable in self._plain:
            if variable.name in given:
                value = values[variable.name] = given[variable.name]
                if not variable.plainly(value):
                    return None
            elif variable.default is not Undefined:
                values[variable.name] = variable.default
            elif variable.required:
                return None
        return values


def _plain(schema: GraphQLSchema, definition: VariableDefinitionNode) -> PlainVariable | None:
    type_ = type_from_ast(schema, definition.type)
    inner: Any = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    plain = PLAIN.get(str(inner))
    if plain is None:
        return None
    default = Undefined if definition.default_value is None else value_from_ast(definition.default_value, inner)
    name = definition.variable.name.value
    return PlainVariable(name, plain, isinstance(type_, GraphQLNonNull), default)
