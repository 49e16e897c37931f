"""Arguments of a field, evaluated once for all its rows; graphql-core coerces those that are not plain."""

from functools import partial
from typing import Any

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableNode,
    print_ast,
    value_from_ast,
    visit,
)
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types.arguments import convert_arguments

from schema.declare.fields import DEFINITION
from schema.engine.compiler.names import Names
from schema.engine.compiler.variables import PLAIN, VariableUses
from schema.engine.plan import PlannedField


class Arguments:
    """Arguments of the fields of one operation, by their Python names."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema: strawberry.Schema = schema._strawberry_schema  # type: ignore[attr-defined] # set by Strawberry
        definitions = operation.variable_definitions or ()
        self._required = {node.variable.name.value for node in definitions if print_ast(node.type).endswith("!")}

    def write(self, names: Names, planned: PlannedField) -> str:
        """Return the expression of a field's arguments."""
        uses = VariableUses()
        for argument in planned.nodes[0].arguments or ():
            visit(argument, uses)
        if not uses.anywhere:
            return names.constant(self._coerced(planned, VariableValues({}, {})), "arguments")
        plain = self._plain(planned)
        if plain is None:
            return f"{names.constant(partial(self._coerced, planned), 'coerce')}(variables)"
        constants, variables = (names.constant(part, "arguments") for part in plain)
        return f"{constants} | {{name: values[v] for name, v in {variables} if v in values}}"

    def each(self, names: Names, planned: PlannedField) -> dict[str, str] | None:
        """Return the expression of each argument, null for an absent variable; None if one is not plain."""
        plain = self._plain(planned)
        if plain is None:
            return None
        constants, variables = plain
        given = {name: names.constant(value, name) for name, value in constants.items()}
        return given | {name: f"values.get({variable!r})" for name, variable in variables}

    def _coerced(self, planned: PlannedField, variables: VariableValues) -> dict[str, Any]:
        """Return the arguments as graphql-core coerces them and Strawberry converts them."""
        assert planned.definition is not None
        coerced = get_argument_values(planned.definition, planned.nodes[0], variables)
        registry = self._schema.schema_converter.scalar_registry
        return convert_arguments(coerced, planned.strawberry.arguments, registry, self._schema.config)

    def _plain(self, planned: PlannedField) -> tuple[dict[str, Any], list[tuple[str, str]]] | None:
        """Return the constants and the variables to look up; None if an argument needs coercion."""
        assert planned.definition is not None
        wanted = planned.definition.args
        if not all(map(_is_plain, wanted.values())):
            return None
        constants, variables = {}, []
        for node in planned.nodes[0].arguments or ():
            argument = wanted[node.name.value]
            name = argument.extensions[DEFINITION].python_name
            if not isinstance(node.value, VariableNode):
                constants[name] = value_from_ast(node.value, argument.type)
                continue
            variable = node.value.name.value
            if isinstance(argument.type, GraphQLNonNull) and variable not in self._required:
                return None
            variables.append((name, variable))
        return constants, variables


def _is_plain(argument: GraphQLArgument) -> bool:
    """Return whether an argument is a built-in scalar without a default."""
    has_default = argument.default is not None or argument.default_value is not Undefined
    return str(argument.type).rstrip("!") in PLAIN and not has_default
