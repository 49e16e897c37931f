"""Organization permissions that at least one rule asks for; the API shows no other permission."""

from collections.abc import Iterator

from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLSchema

from auth.permissions import ORGANIZATION_ROLES, OrganizationPermission
from schema.declare.rules import declared

# By role. Filled after the schema is built, because types of that schema read it.
_SHOWN: dict[str, list[OrganizationPermission]] = {}


def asked_permissions(schema: GraphQLSchema) -> frozenset[OrganizationPermission]:
    """Return the permissions that the rules of types, fields and mutations name."""
    return frozenset(_asked(schema))


def hide_unasked(schema: GraphQLSchema) -> None:
    """Remove permissions without a rule from the schema; each appears with its first rule."""
    shown = schema.type_map[OrganizationPermission.__name__]
    assert isinstance(shown, GraphQLEnumType)
    asked = asked_permissions(schema)
    for permission in set(OrganizationPermission) - asked:
        del shown.values[permission.name]
    _SHOWN.update({role: sorted(permissions & asked) for role, permissions in ORGANIZATION_ROLES.items()})


def shown_permissions(role: str | None) -> list[OrganizationPermission]:
    """Return the permissions of a role that the API shows."""
    return _SHOWN[role] if role is not None else []


def _asked(schema: GraphQLSchema) -> Iterator[OrganizationPermission]:
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for declaration in (type_, *type_.fields.values()):
                definition = declaration.extensions.get("strawberry-definition")
                rule = declared(definition.directives or ()) if definition is not None else None
                if rule is not None and rule.organization:
                    yield rule.organization
