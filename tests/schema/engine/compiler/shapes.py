"""Selections of random documents: hypothesis-graphql chooses below an object, a fixed path leads to the object.

Alone, hypothesis-graphql seldom goes deep, and its invented ids find nothing; the paths lead to objects with many
fields.
"""

from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    parse,
    print_schema,
    visit,
)
from hypothesis import strategies as st
from hypothesis_graphql import queries

from schema.build import SCHEMA

ROUTES = {
    "Query": ["{ SELECTED }"],
    "Account": ["{ me { SELECTED } }", '{ node(id: "@Account@") { ... on Account { SELECTED } } }'],
    "Organization": [
        '{ organization(id: "@Organization@") { SELECTED } }',
        "{ organizations(first: 3) { nodes { SELECTED } } }",
        "{ me { organizations { edges { node { SELECTED } } } memberships { nodes { organization { SELECTED } } } } }",
    ],
    "Membership": [
        '{ organization(businessId: "9200001-5") { memberships { edges { cursor node { SELECTED } } } } }',
        "{ organizations(first: 4) { nodes { memberships(first: 3) { nodes { SELECTED } } } } }",
        "{ me { memberships { nodes { organization { memberships { nodes { SELECTED } } } } } } }",
    ],
    "Node": ['{ nodes(ids: ["@Account@", "@Organization@", "@Membership@", "@ServiceAccess@"]) { SELECTED } }'],
}


def shapes() -> st.SearchStrategy[DocumentNode]:
    """Return documents with literals only."""
    return st.sampled_from(sorted(ROUTES)).flatmap(
        lambda name: st.builds(_grafted, st.sampled_from(ROUTES[name]), _selections(name))
    )


@cache
def _selections(type_name: str) -> st.SearchStrategy[SelectionSetNode]:
    """Return selections of that type, generated as queries of a schema with the type below its only root field."""
    root = GraphQLObjectType("Root", {"it": GraphQLField(_named(type_name))})
    objects = [type_ for type_ in SCHEMA.type_map.values() if isinstance(type_, GraphQLObjectType)]
    types = [type_ for type_ in objects if not type_.name.startswith("__") and type_ is not SCHEMA.mutation_type]
    return queries(print_schema(GraphQLSchema(root, types=types)), allow_x00=False, print_ast=_below_it)


def _named(type_name: str) -> Any:
    return SCHEMA.type_map[type_name]


def _below_it(document: DocumentNode) -> SelectionSetNode:
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    (it,) = operation.selection_set.selections
    assert isinstance(it, FieldNode)
    assert it.selection_set is not None
    return it.selection_set


def _grafted(route: str, selected: SelectionSetNode) -> DocumentNode:
    document: DocumentNode = visit(parse(route), _Graft(selected))
    return document


class _Graft(Visitor):
    def __init__(self, selected: SelectionSetNode) -> None:
        super().__init__()
        self._selected = selected

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> SelectionSetNode:
        kept = [
            field for field in node.selections if not isinstance(field, FieldNode) or field.name.value != "SELECTED"
        ]
        if len(kept) == len(node.selections):
            return node
        return SelectionSetNode(selections=(*kept, *self._selected.selections))
