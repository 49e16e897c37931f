"""A rule is asked once for all rows of an owner's list: only where every row has her id, which is made sure of."""

import pytest

from models.membership import MEMBERSHIPS_OF_ACCOUNT, MEMBERSHIPS_OF_ORGANIZATION
from resolvers.context import RequestContext
from resolvers.paging import Window, page
from schema.build import SCHEMA
from schema.documents import Documents
from tests.schema.compiler.comparing import World

MEMBERS = "query($id: ID!) { organization(id: $id) { memberships { nodes { role person { email } } } } }"


async def test_a_list_whose_rows_have_another_owner_is_refused(world: World) -> None:
    context = RequestContext(world.services, world.viewers["administrator"])
    person, (organization,) = context.viewer.account_id, list(context.viewer.roles)
    assert (await page(context, MEMBERSHIPS_OF_ACCOUNT, person, Window(shared="account_id"))).edges
    assert (await page(context, MEMBERSHIPS_OF_ORGANIZATION, organization, Window(shared="organization_id"))).edges
    with pytest.raises(ValueError, match="another organization_id"):
        await page(context, MEMBERSHIPS_OF_ACCOUNT, person, Window(shared="organization_id"))


async def test_the_rules_of_a_list_look_at_its_owner_and_not_at_each_row() -> None:
    operation = Documents(SCHEMA).get(MEMBERS).compilable_operation(SCHEMA, None)
    assert operation is not None
    query = operation.variant({}).query
    assert query is not None
    (rows,) = [line for line in query.source.splitlines() if "'nodes'" in line]
    assert "['organization_id'] in" not in rows
    assert "['account_id'] in" in rows, "herself she may read whatever her role is"
