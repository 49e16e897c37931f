"""The session alone determines the actor: no input names an account, and an id gives a stranger no access."""

from itertools import product

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from schema.build import SCHEMA
from server.db.database import Database
from tests.cast import DEMO, NOBODY, Cast
from tests.schema.asking import token_of
from tests.schema.mutations.mutation_cases import CASES, ask, asking, codes_of, document_of, prepare
from tests.schema.mutations.session.session_facts import alive

MUTATIONS = SCHEMA.type_map["Mutation"]
assert isinstance(MUTATIONS, GraphQLObjectType)
FIELDS = MUTATIONS.fields
REVOKE = "mutation($id: ID!) { sessionRevoke(input: {id: $id}) { revokedSessionId userErrors { code } } }"


def ids_of(name: str) -> set[str]:
    """Return the arguments and input fields of a mutation that take an id."""
    found = set()
    for argument, declared in FIELDS[name].args.items():
        of = get_named_type(declared.type)
        places = of.fields if isinstance(of, GraphQLInputObjectType) else {argument: declared}
        found |= {place for place, field in places.items() if get_named_type(field.type).name == "ID"}
    return found


BY_ID = {name for name in FIELDS if ids_of(name)}


@pytest.mark.parametrize("name", sorted(BY_ID))
async def test_b57_ids_of_a_mutation_give_strangers_no_access(cast: Cast, database: Database, name: str) -> None:
    case = CASES[name]
    asker = await asking(cast, database)
    await prepare(asker, database, case)
    document = document_of(asker, case, case.done)
    for who in (NOBODY, *(set(DEMO) - {case.who, *case.also, "consumer"})):
        answer = await cast.ask(who, document)
        assert "errors" in answer or answer["data"][name]["userErrors"], who
    assert codes_of(await ask(asker, case, case.done)) == [], "the others have changed nothing"


async def test_b57_mutations_take_no_account_id(cast: Cast) -> None:
    victim = cast.ids["member"]
    for name, field in product(set(FIELDS) - BY_ID, ["accountId", "userId", "id", "account", "viewer"]):
        for arguments in (f'{field}: "{victim}"', f'input: {{{field}: "{victim}"}}'):
            for who in (NOBODY, "other-administrator"):
                answer = await cast.ask(who, f"mutation {{ {name}({arguments}) {{ __typename }} }}")
                assert "data" not in answer, (name, arguments)
                assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_b57_id_of_a_session_lets_only_its_owner_end_it(cast: Cast) -> None:
    victim = await token_of(cast.client, "member")
    asked = await cast.client.post(
        "/graphql", json={"query": "{ me { sessions { nodes { id isCurrent } } } }"}, headers=victim
    )
    nodes = asked.json()["data"]["me"]["sessions"]["nodes"]
    (identity,) = (node["id"] for node in nodes if node["isCurrent"])
    for who in (NOBODY, *(set(DEMO) - {"member"})):
        answer = await cast.ask(who, REVOKE, {"id": identity})
        payload = (answer.get("data") or {}).get("sessionRevoke") or {"revokedSessionId": None, "userErrors": []}
        assert payload["revokedSessionId"] is None, who
        assert "errors" in answer or payload["userErrors"], who
    assert await alive(cast.client, victim)
