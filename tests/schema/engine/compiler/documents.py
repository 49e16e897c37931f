"""Random valid documents with variables, in every spelling that a client might use.

`shapes` chooses the selections. Here their literals become `@name@`, which finds something (see `comparing`), or
variables. A variable has a default or none, and it is given, null, missing or wrong. The selections get aliases,
conditions, repetitions and fragments.
"""

from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLInputType,
    GraphQLNonNull,
    InlineFragmentNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse_const_value,
    parse_type,
    print_ast,
    value_from_ast_untyped,
    visit,
)
from graphql.pyutils import Undefined
from hypothesis import strategies as st

from schema.build import SCHEMA
from tests.schema.engine.compiler.comparing import Request
from tests.schema.engine.compiler.shapes import shapes

OBJECTS = ["Account", "Organization", "Membership", "Service", "ServiceAccess", "LegacyCode", "CustomerNumber"]
LISTS = ["memberships", "administrators", "organizations"]
FITTING: dict[str, list[str]] = {
    "id": [f'"@{name}@"' for name in OBJECTS],
    "ids": ["[]", '["@Account@", "@Membership@", "@Account@"]', '["@Organization@", "@LegacyCode@", "x"]'],
    "businessId": ['"9200001-5"', '"FI92000015"', '"9300003-0"'],
    "code": ['"EXTRANET"', '"SMARTSHIP"'],
    "search": ['"demo"', '"aava"', '"9200001-5"', '""'],
    "first": ["2", "1", "3", "0", "100"],
    "last": ["2", "1", "0"],
    "after": [f'"@{name} cursor 0@"' for name in LISTS],
    "before": [f'"@{name} cursor 1@"' for name in LISTS],
}
LEFT_OUT = {
    "last": 8,
    "before": 8,
    "after": 7,
    "businessId": 9,
    "first": 2,
}  # probability in tenths of omitting the argument
WRONG: list[Any] = [None, True, "wrong", 1.5, 2**31, -1, [], {}, ["@Organization@", None], {"field": "NOWHERE"}]


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Return a valid request."""
    variation = Variation(draw)
    document = variation.completed(visit(draw(shapes()), TypeInfoVisitor(variation.types, variation)))
    return Request(print_ast(document), variation.values)


class Variation(Visitor):
    """Rewrites a document; the meaning may change."""

    def __init__(self, draw: st.DrawFn) -> None:
        super().__init__()
        self.types = TypeInfo(SCHEMA)
        self.values: dict[str, Any] = {}
        self._draw = draw
        self._variables: list[VariableDefinitionNode] = []
        self._fragments: list[FragmentDefinitionNode] = []
        self._aliases = 0

    def completed(self, document: DocumentNode) -> DocumentNode:
        """Return the document with the variables and fragments that it uses."""
        (operation,) = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        declared = OperationDefinitionNode(
            operation=operation.operation,
            variable_definitions=tuple(self._variables),
            directives=(),
            selection_set=operation.selection_set,
        )
        return DocumentNode(definitions=(declared, *self._fragments))

    def enter_argument(self, node: ArgumentNode, *_: object) -> Any:
        name, type_ = node.name.value, self.types.get_input_type()
        assert type_ is not None
        if not isinstance(type_, GraphQLNonNull) and self._chance(LEFT_OUT.get(name, 0)):
            return REMOVE
        return ArgumentNode(name=node.name, value=self._value(self._fitting(name, node.value), type_))

    def leave_field(self, node: FieldNode, *_: object) -> FieldNode:
        alias = node.alias
        if alias is None and self._chance(1):
            self._aliases += 1
            alias = NameNode(value=f"a{self._aliases}")
        return FieldNode(
            alias=alias,
            name=node.name,
            arguments=node.arguments,
            directives=self._conditions(),
            selection_set=node.selection_set,
        )

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> SelectionSetNode:
        selections = list(node.selections)
        if self._chance(2):
            selections.append(FieldNode(name=NameNode(value="__typename"), arguments=(), directives=()))
        if self._chance(2):
            selections.insert(self._number(len(selections)), self._draw(st.sampled_from(selections)))
        if self._chance(3):
            start = self._number(len(selections) - 1)
            end = start + 1 + self._number(len(selections) - start - 1)
            selections[start:end] = [self._in_fragment(tuple(selections[start:end]))]
        return SelectionSetNode(selections=tuple(selections))

    def _in_fragment(self, selections: tuple[SelectionNode, ...]) -> SelectionNode:
        selected, parent = SelectionSetNode(selections=selections), self.types.get_parent_type()
        assert parent is not None
        of_type = NamedTypeNode(name=NameNode(value=parent.name))
        if self._chance(5):
            condition = of_type if self._chance(5) else None
            return InlineFragmentNode(type_condition=condition, directives=self._conditions(), selection_set=selected)
        name = NameNode(value=f"F{len(self._fragments)}")
        self._fragments.append(
            FragmentDefinitionNode(
                name=name, type_condition=of_type, directives=(), variable_definitions=(), selection_set=selected
            )
        )
        return FragmentSpreadNode(name=name, arguments=(), directives=self._conditions())

    def _conditions(self) -> tuple[DirectiveNode, ...]:
        if not self._chance(1):
            return ()
        name, literal = self._draw(st.sampled_from([("include", "true"), ("skip", "false"), ("skip", "true")]))
        value = self._value(parse_const_value(literal), GraphQLNonNull(GraphQLBoolean))
        argument = ArgumentNode(name=NameNode(value="if"), value=value)
        return (DirectiveNode(name=NameNode(value=name), arguments=(argument,)),)

    # Values

    def _fitting(self, name: str, value: ValueNode) -> ValueNode:
        if name not in FITTING or (isinstance(value, NullValueNode) and self._chance(5)) or self._chance(1):
            return value
        return parse_const_value(self._draw(st.sampled_from(FITTING[name])))

    def _value(self, value: ValueNode, type_: GraphQLInputType, *, has_default: bool = False) -> ValueNode:
        """Return the value as it is, with variables in it, or as a variable."""
        if self._chance(3):
            return self._variable(value, type_, has_default=has_default)
        inner: Any = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(value, ListValueNode):
            return ListValueNode(values=tuple(self._value(item, inner.of_type) for item in value.values))
        if isinstance(value, ObjectValueNode):
            return ObjectValueNode(fields=tuple(self._object_field(field, inner) for field in value.fields))
        return value

    def _object_field(self, node: ObjectFieldNode, type_: Any) -> ObjectFieldNode:
        definition = type_.fields[node.name.value]
        has_default = definition.default_value is not Undefined
        return ObjectFieldNode(name=node.name, value=self._value(node.value, definition.type, has_default=has_default))

    def _variable(self, value: ValueNode, type_: GraphQLInputType, *, has_default: bool) -> VariableNode:
        """Return a new variable for a place of that type; its own type may differ."""
        name = NameNode(value=f"v{len(self._variables)}")
        required = isinstance(type_, GraphQLNonNull)
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        default: Any = value if self._chance(3) and not (required and isinstance(value, NullValueNode)) else None
        may_be_null = not required or has_default or default is not None
        declared = f"{inner}" if may_be_null and (default is not None or self._chance(7)) else f"{inner}!"
        variable = VariableNode(name=name)
        self._variables.append(
            VariableDefinitionNode(variable=variable, type=parse_type(declared), default_value=default, directives=())
        )
        self._give(name.value, value)
        return variable

    def _give(self, name: str, value: ValueNode) -> None:
        how = self._number(29)
        if how < 25:
            self.values[name] = value_from_ast_untyped(value)
        elif how == 25:
            self.values[name] = self._draw(st.sampled_from(WRONG))
        elif how == 26:
            self.values[name] = None

    # Choices; the least number changes nothing, so a failing example shrinks to a plain document

    def _chance(self, of_ten: int) -> bool:
        return self._number(9) >= 10 - of_ten

    def _number(self, most: int) -> int:
        return self._draw(st.integers(0, most))
