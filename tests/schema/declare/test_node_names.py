"""References to node types by name; a wrong name fails the build."""

from typing import Any

import pytest
import strawberry

from resolvers import account
from schema.build import SCHEMA
from schema.declare.fields import related, same_row
from schema.declare.rules import PUBLIC, rule


def built(field: Any) -> str:
    """Return the SDL of a schema with one root field."""
    query = type("Query", (), {"__annotations__": {"root": Any}, "root": field})
    return str(strawberry.Schema(query=strawberry.type(query, directives=[rule(PUBLIC)])))


def test_fields_by_name_are_nullable_and_of_the_type_that_has_the_name() -> None:
    for field in (
        related(account.of_row, node="Service"),
        same_row(node="Service"),
        same_row(present="id", node="Service"),
    ):
        assert "root: Service\n" in built(field)
    membership: Any = SCHEMA.type_map["Membership"]
    for name, type_ in {"organization": "Organization", "account": "Account"}.items():
        assert membership.fields[name].type is SCHEMA.type_map[type_]


def test_unknown_name_of_a_node_fails_the_build() -> None:
    with pytest.raises(TypeError, match="no node is named 'Nowhere'; correct the name"):
        built(same_row(node="Nowhere"))
