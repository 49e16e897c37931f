"""Where a field's arguments come from: constants, plain variables, or what only the reference can coerce."""

from typing import Any

from graphql import (
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableNode,
    type_from_ast,
    value_from_ast,
)
from graphql.language import ListValueNode, ObjectValueNode, ValueNode

from schema.compiler.plan import PlannedField

Argument = tuple[str, Any]  # ("variable", its name) or ("constant", its coerced value)


def simple_arguments(
    schema: GraphQLSchema, operation: OperationDefinitionNode, planned: PlannedField
) -> dict[str, Argument] | None:
    """Return where each argument's value comes from, or None when only the reference can coerce them.

    A variable is simple where an absent one, an absent argument and null are all the same: in an argument that may be
    null and has no default; or in a non-null argument when it is non-null itself.
    """
    assert planned.definition is not None
    declared = {
        definition.variable.name.value: type_from_ast(schema, definition.type)
        for definition in operation.variable_definitions or ()
    }
    found: dict[str, Argument] = {}
    for argument in planned.nodes[0].arguments or ():
        name, value = argument.name.value, argument.value
        wanted = planned.definition.args[name]
        if wanted.default_value is not Undefined:
            return None
        if isinstance(value, VariableNode):
            if isinstance(wanted.type, GraphQLNonNull) and not isinstance(declared[value.name.value], GraphQLNonNull):
                return None
            found[name] = ("variable", value.name.value)
            continue
        constant = Undefined if _has_variable(value) else value_from_ast(value, wanted.type)
        if constant is Undefined:
            return None
        found[name] = ("constant", constant)
    return found


def _has_variable(value: ValueNode) -> bool:
    if isinstance(value, ListValueNode):
        return any(map(_has_variable, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_has_variable(field.value) for field in value.fields)
    return isinstance(value, VariableNode)
