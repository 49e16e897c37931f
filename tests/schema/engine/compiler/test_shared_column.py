"""A rule is asked once for all rows of an owner's list: only where the statement gives every row her id."""

from typing import Any
from uuid import uuid4

import pytest
from graphql import get_named_type, is_object_type

from models.membership import MEMBERSHIPS_OF_ACCOUNT, MEMBERSHIPS_OF_ORGANIZATION
from resolvers.core.context import RequestContext
from resolvers.core.paging import Window, page
from schema.build import SCHEMA
from schema.declare.rules import RULE_COLUMNS, Rule
from schema.declare.rules import declared as declared_rule
from schema.engine.binding import DEFINITION
from schema.engine.documents import Documents
from tests.schema.engine.compiler.comparing import World

MEMBERS = "query($id: ID!) { organization(id: $id) { memberships { nodes { role person { email } } } } }"


async def test_of_every_list_the_owners_column_is_by_the_statement_the_owners(world: World) -> None:
    context = RequestContext(world.services, world.viewers["administrator"])
    lists = [field for type_ in SCHEMA.type_map.values() if is_object_type(type_) for field in type_.fields.values()]
    asked = 0
    for field in lists:
        declared = field.extensions[DEFINITION].metadata if DEFINITION in field.extensions else {}
        owner = declared.get("owner")
        if owner in RULE_COLUMNS and owner in columns_of_rules(get_named_type(field.type)):
            await declared["connection"](context, uuid4(), Window(shared=owner))
            asked += 1
    assert asked > 6


def columns_of_rules(connection: Any) -> set[str]:
    """Return the columns that the rules of a connection's rows look at."""
    node = get_named_type(connection.fields["nodes"].type)
    rules = [node.extensions["rule"], *(field.extensions[DEFINITION] for field in node.fields.values())]
    directives = [rule if isinstance(rule, Rule) else declared_rule(rule.directives) for rule in rules]
    return {column for rule in directives if rule is not None for column in rule.columns}


async def test_a_list_whose_rows_may_have_another_owner_is_refused(world: World) -> None:
    context = RequestContext(world.services, world.viewers["administrator"])
    person, (organization,) = context.viewer.account_id, list(context.viewer.roles)
    assert (await page(context, MEMBERSHIPS_OF_ACCOUNT, person, Window(shared="account_id"))).edges
    assert (await page(context, MEMBERSHIPS_OF_ORGANIZATION, organization, Window(shared="organization_id"))).edges
    with pytest.raises(ValueError, match="organization_id is not"):
        await page(context, MEMBERSHIPS_OF_ACCOUNT, person, Window(shared="organization_id"))


async def test_the_rules_of_a_list_look_at_its_owner_and_not_at_each_row() -> None:
    operation = Documents(SCHEMA).get(MEMBERS).compilable_operation(SCHEMA, None)
    assert operation is not None
    query = operation.variant({}).query
    assert query is not None
    (rows,) = [line for line in query.source.splitlines() if "'nodes'" in line]
    assert "['organization_id'] in" not in rows
    assert "['account_id'] in" in rows, "herself she may read whatever her role is"
