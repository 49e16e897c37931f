"""Plan of an operation: the selected fields by type, before Python is written from them."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_list_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues
from strawberry.types.field import StrawberryField

from schema.declare.fields import DEFINITION, Declaration, FieldName, declaration_of
from schema.declare.rules import Rule, Who


class UncompilableError(Exception):
    """The operation needs graphql-core."""


# Properties are cached because every ancestor asks for them; otherwise a deep document costs the square of its depth.


@dataclass(eq=False)
class Selection:
    """Selected fields of one object type, in the order of the answer."""

    type: GraphQLObjectType
    fields: list["PlannedField"]

    @cached_property
    def awaits(self) -> bool:
        """Return whether a field in it must be awaited."""
        return any(planned.awaits for planned in self.fields)

    @cached_property
    def refuses(self) -> bool:
        """Return whether a field in it may be refused, so that its path must be known."""
        return any(planned.refuses for planned in self.fields)


@dataclass(eq=False)
class PlannedField:
    """One response key: its field, and its selections for each possible type."""

    key: str
    parent: GraphQLObjectType
    nodes: list[FieldNode]
    definition: GraphQLField | None  # None is `__typename`
    selections: list[Selection] = field(default_factory=list)
    repeated: bool = False  # once for each item of a list

    @cached_property
    def strawberry(self) -> StrawberryField:
        """Return Strawberry's definition of the field."""
        assert self.definition is not None
        definition: StrawberryField = self.definition.extensions[DEFINITION]
        return definition

    @cached_property
    def declaration(self) -> Declaration:
        """Return the field's declaration."""
        return declaration_of(self.strawberry)

    @cached_property
    def name(self) -> FieldName:
        """Return the field's type and name."""
        return FieldName(self.parent.name, self.strawberry.python_name)

    @cached_property
    def rule(self) -> Rule | None:
        """Return the field's own rule; one with `at` is evaluated at the call of the field."""
        rule: Rule | None = self.definition.extensions.get("rule") if self.definition is not None else None
        return None if rule is None or rule.who is Who.PUBLIC or rule.at else rule

    @cached_property
    def loads(self) -> bool:
        """Return whether reading the field itself must be awaited."""
        return self.definition is not None and self.declaration.loads

    @cached_property
    def selections_await(self) -> bool:
        """Return whether one of its selections must be awaited."""
        return any(selection.awaits for selection in self.selections)

    @cached_property
    def awaits(self) -> bool:
        """Return whether the field or one of its selections must be awaited."""
        return self.loads or self.selections_await

    @cached_property
    def refuses(self) -> bool:
        """Return whether the field or one of its selections may be refused."""
        return self.rule is not None or any(selection.refuses for selection in self.selections)


class Planner:
    """Plans one operation for certain values of the variables in `@skip` and `@include`."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: list[FragmentDefinitionNode],
        conditions: VariableValues,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = {node.name.value: FragmentDetails(node) for node in fragments}
        self._conditions = conditions

    def plan(self) -> Selection:
        """Return the selections of the root; raises UncompilableError."""
        root = self._schema.get_root_type(self._operation.operation)
        assert root is not None
        collected = collect_fields(self._schema, self._fragments, self._conditions, root, self._operation)
        return self._selection(root, collected.grouped_field_set, repeated=False)

    def _selection(
        self, type_: GraphQLObjectType, grouped: dict[str, list[FieldDetails]], *, repeated: bool
    ) -> Selection:
        return Selection(type_, [self._field(type_, *keyed, repeated=repeated) for keyed in grouped.items()])

    def _field(
        self, parent: GraphQLObjectType, key: str, details: list[FieldDetails], *, repeated: bool
    ) -> PlannedField:
        nodes = [detail.node for detail in details]
        name = nodes[0].name.value
        if name == "__typename":
            return PlannedField(key, parent, nodes, None)
        if name.startswith("__"):
            raise UncompilableError(name)
        definition = parent.fields[name]
        below = repeated or is_list_type(get_nullable_type(definition.type))
        selections = self._selections(get_named_type(definition.type), details, repeated=below)
        return PlannedField(key, parent, nodes, definition, selections, repeated)

    def _selections(self, type_: Any, details: list[FieldDetails], *, repeated: bool) -> list[Selection]:
        types = self._schema.get_possible_types(type_) if is_abstract_type(type_) else [type_]
        return [
            self._selection(t, self._subfields(t, details), repeated=repeated)
            for t in types
            if isinstance(t, GraphQLObjectType)
        ]

    def _subfields(self, type_: GraphQLObjectType, details: list[FieldDetails]) -> dict[str, list[FieldDetails]]:
        return collect_subfields(
            self._schema, self._fragments, self._conditions, self._operation, type_, details
        ).grouped_field_set
