"""What an operation selects, field by field and type by type, before any of it is written as Python."""

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
    is_abstract_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues
from strawberry.types.field import StrawberryField

from schema.binding import DEFINITION
from schema.rules import Rule, Who


class UncompilableError(Exception):
    """The operation has something that only graphql-core executes."""


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The fields selected of one object type, in the order of the answer."""

    type: GraphQLObjectType
    fields: list["PlannedField"]

    @property
    def awaits(self) -> bool:
        """Return whether something in it has to be awaited."""
        return any(planned.awaits for planned in self.fields)

    @property
    def refuses(self) -> bool:
        """Return whether something in it may be refused, so that its path must be known."""
        return any(planned.refuses for planned in self.fields)


@dataclass(eq=False)
class PlannedField:
    """One response key: what it reads, and what is selected of it, for each type it may turn out to be."""

    key: str
    parent: GraphQLObjectType
    nodes: list[FieldNode]
    definition: GraphQLField | None  # None is `__typename`
    selections: list[Selection] = field(default_factory=list)

    @property
    def declaration(self) -> dict[str, Any]:
        """Return how `schema.fields` declared it."""
        return dict(self.strawberry.metadata)

    @property
    def strawberry(self) -> StrawberryField:
        """Return Strawberry's side of the definition."""
        assert self.definition is not None
        definition: StrawberryField = self.definition.extensions[DEFINITION]
        return definition

    @property
    def rule(self) -> Rule | None:
        """Return the rule of its own that may refuse it."""
        rule: Rule | None = self.definition.extensions.get("rule") if self.definition is not None else None
        return None if rule is None or rule.who is Who.PUBLIC else rule

    @property
    def loads(self) -> bool:
        """Return whether reading the field itself has to be awaited."""
        if self.definition is None:
            return False
        return "column" not in self.declaration and "computed" not in self.declaration

    # Asked for by every ancestor: without being kept, a deep document would cost the square of its size.
    @cached_property
    def awaits(self) -> bool:
        """Return whether the field or anything selected of it has to be awaited."""
        return self.loads or any(selection.awaits for selection in self.selections)

    @cached_property
    def refuses(self) -> bool:
        """Return whether the field or anything selected of it may be refused."""
        return self.rule is not None or any(selection.refuses for selection in self.selections)


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans one operation, with the values that the variables of its `@skip` and `@include` have."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    conditions: VariableValues

    def plan(self) -> Selection:
        """Return what is selected of the root; raises UncompilableError."""
        root = self.schema.query_type
        assert root is not None
        collected = collect_fields(self.schema, self._details(), self.conditions, root, self.operation)
        return self._selection(root, collected.grouped_field_set)

    def _selection(self, type_: GraphQLObjectType, grouped: dict[str, list[FieldDetails]]) -> Selection:
        return Selection(type_, [self._field(type_, key, details) for key, details in grouped.items()])

    def _field(self, parent: GraphQLObjectType, key: str, details: list[FieldDetails]) -> PlannedField:
        nodes = [detail.node for detail in details]
        name = nodes[0].name.value
        if name == "__typename":
            return PlannedField(key, parent, nodes, None)
        if name.startswith("__"):
            raise UncompilableError(name)
        definition = parent.fields[name]
        return PlannedField(key, parent, nodes, definition, self._selections(definition, details))

    def _selections(self, definition: GraphQLField, details: list[FieldDetails]) -> list[Selection]:
        named = get_named_type(definition.type)
        if not isinstance(named, GraphQLObjectType) and not is_abstract_type(named):
            return []
        types = [named] if isinstance(named, GraphQLObjectType) else self.schema.get_possible_types(named)
        return [self._selection(type_, self._subfields(type_, details)) for type_ in types]

    def _subfields(self, type_: Any, details: list[FieldDetails]) -> dict[str, list[FieldDetails]]:
        collected = collect_subfields(self.schema, self._details(), self.conditions, self.operation, type_, details)
        return collected.grouped_field_set

    def _details(self) -> dict[str, FragmentDetails]:
        return {name: FragmentDetails(definition) for name, definition in self.fragments.items()}
