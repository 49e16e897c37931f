"""The build of the schema fails for missing rules, and for non-null fields that may be refused."""

from typing import Annotated, Any

import pytest
import strawberry
from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLUnionType, graphql

from auth.permissions import OrganizationPermission
from auth.viewer import NOBODY, AccountViewer
from resolvers.core.context import RequestContext
from schema.build import SCHEMA, SDL_FILE, sdl
from schema.declare.connection import Connection
from schema.declare.fields import DEFINITION, column, computed, same_row
from schema.declare.rules import PUBLIC, SELF, SIGNED_IN, RuleDeclarationError, rule
from schema.engine.asked_permissions import asked_permissions
from schema.engine.binding import bind

ANYONE, SIGNED, OWN = rule(PUBLIC), rule(SIGNED_IN), rule(SELF)
MEMBERS = rule(organization=OrganizationPermission.MEMBERS_READ)


def thing(*directives: Any, name: str = "Thing", **fields: tuple[Any, Any]) -> Any:
    """Return an object type with these fields (annotation, declaration) and one plain field."""
    declared = fields or {"name": (str, column("name"))}
    annotations = {field: annotation for field, (annotation, _) in declared.items()}
    namespace = {"__annotations__": annotations} | {field: declaration for field, (_, declaration) in declared.items()}
    return strawberry.type(type(name, (), namespace), directives=list(directives))


def built(annotation: Any, declaration: Any, mutation: Any = None) -> Any:
    """Bind a schema with one root field."""
    query = thing(name="Query", root=(annotation, declaration))
    schema = strawberry.Schema(query=query, mutation=mutation)
    bind(schema._schema)
    return schema._schema


@strawberry.type(directives=[ANYONE])
class Plain:
    name: str = column("name")


@strawberry.type(directives=[MEMBERS])
class Guarded:
    name: str = column("name")


@strawberry.type(directives=[OWN])
class Own:
    name: str = column("name")


@strawberry.type
class Undeclared:
    name: str = column("name")


Either = Annotated[Guarded | Own, strawberry.union("Either")]


def root(declared: Any) -> Any:
    return computed(lambda _row, _context: None, rule=declared)


ALLOWED = {
    "a public type may be promised": (Plain, ANYONE),
    "a type with a rule may be null": (Guarded | None, ANYONE),
    "items with a rule may be null": (list[Guarded | None], ANYONE),
    "all may be null": (list[Guarded | None] | None, SIGNED),
    "a public field may be promised": (str, ANYONE),
    "a field with a rule may be null": (str | None, SIGNED),
    "members of a union may be null": (Either | None, ANYONE),
}


@pytest.mark.parametrize("which", ALLOWED)
def test_complete_rules_are_built(which: str) -> None:
    annotation, declared = ALLOWED[which]
    assert built(annotation, root(declared)).query_type.fields["root"].extensions["rule"] is declared


REFUSED = {
    "a root field without a rule": (str | None, None, r"root field Query\.root declares no rule"),
    "a type without a rule": (Undeclared | None, ANYONE, r"type Undeclared declares no rule"),
    "a promised field with a rule": (str, SIGNED, r"Query\.root has a rule of its own, so it must be nullable"),
    "a promised list with a rule": (list[str], OWN, r"Query\.root has a rule of its own, so it must be nullable"),
    "a promised type with a rule": (Guarded, ANYONE, r"Query\.root may be out of reach by its type's rule"),
    "promised items with a rule": (list[Guarded], ANYONE, r"Query\.root may be out of reach by its type's rule"),
    "promised items of a list": (list[Guarded] | None, ANYONE, r"Query\.root may be out of reach by its type's rule"),
    "promised items of lists": (list[list[Own] | None], ANYONE, r"Query\.root may be out of reach by its type's rule"),
    "a promised union": (Either, ANYONE, r"Query\.root may be out of reach by its type's rule"),
}


@pytest.mark.parametrize("which", REFUSED)
def test_incomplete_rules_are_not_built(which: str) -> None:
    annotation, declared, message = REFUSED[which]
    with pytest.raises(RuleDeclarationError, match=message):
        built(annotation, root(declared))


def test_a_mutation_without_a_rule_is_not_built() -> None:
    mutation = thing(name="Mutation", action=(str | None, root(None)))
    with pytest.raises(RuleDeclarationError, match=r"root field Mutation\.action declares no rule"):
        built(str, root(ANYONE), mutation)


def test_nested_non_null_field_that_may_be_refused_is_not_built() -> None:
    outer = thing(ANYONE, name="Outer", inner=(Guarded, same_row()))
    with pytest.raises(RuleDeclarationError, match=r"Outer\.inner may be out of reach"):
        built(outer, root(ANYONE))
    strict = thing(ANYONE, name="Strict", secret=(str, column("x", rule=OWN)))
    with pytest.raises(RuleDeclarationError, match=r"Strict\.secret has a rule of its own"):
        built(strict, root(ANYONE))


def test_page_of_a_type_with_a_rule_is_built() -> None:
    fields = built(Connection[Guarded], root(ANYONE)).type_map["GuardedConnection"].fields
    assert not isinstance(fields["nodes"].type.of_type.of_type, GraphQLNonNull)


async def test_a_union_shows_each_member_by_its_own_rule() -> None:
    rows = [
        {"node_type": "Guarded", "name": "g", "organization_id": 1},
        {"node_type": "Own", "name": "o", "account_id": 7},
    ]
    several = computed(lambda _row, _context: rows, rule=ANYONE)
    schema = built(list[Either | None], several)
    assert isinstance(schema.type_map["Either"], GraphQLUnionType)
    query = "{ root { __typename ... on Guarded { name } ... on Own { name } } }"
    for viewer, expected in [(NOBODY, [None, None]), (AccountViewer({"account_id": 7}), [None, "Own"])]:
        context = RequestContext(resources=None, viewer=viewer)  # type: ignore[arg-type] # no field of it is read
        result = await graphql(schema, query, context_value=context)
        assert result.errors is None
        assert result.data is not None
        assert [row and row["__typename"] for row in result.data["root"]] == expected


def test_rule_that_raises_denies_access() -> None:
    somebody = AccountViewer({"account_id": 7}, roles={1: "ADMINISTRATOR"})  # type: ignore[dict-item] # any value serves as an id
    assert OWN.allows(somebody, {"account_id": 7})
    for row in ({}, {"account_id": None}, {"account_id": 8}, None, "text"):
        assert not OWN.allows(somebody, row), row
        assert not MEMBERS.allows(somebody, row), row
    assert not OWN.allows(NOBODY, {"account_id": None})
    assert not rule().allows(somebody, {"account_id": 7}), "a rule that names nobody admits nobody"


def test_sdl_has_the_rules_of_every_type_and_root_field() -> None:
    text = sdl()
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType) and DEFINITION in type_.extensions:
            at_type = type_.extensions["rule"]
            head = next(
                line for line in text.splitlines() if line.startswith((f"type {type_.name} ", f"type {type_.name}@"))
            )
            assert ("@rule(" in head) == (at_type is not None), type_.name
    for name in ("me: Account @rule(who: SIGNED_IN, withTasks: true)", "signOut: SignOutPayload @rule(who: PUBLIC)"):
        assert name in text
    assert SDL_FILE.read_text(encoding="utf-8") == text


def test_a_permission_is_asked_for_from_its_first_rule_on() -> None:
    assert OrganizationPermission.MEMBERS_UPDATE not in asked_permissions(SCHEMA)
    updates = rule(organization=OrganizationPermission.MEMBERS_UPDATE)
    updated = thing(updates, name="Updated")
    schema = built(updated | None, root(ANYONE))
    assert asked_permissions(schema) == {OrganizationPermission.MEMBERS_UPDATE}
