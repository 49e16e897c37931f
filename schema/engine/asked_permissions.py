"""The organization permissions that some rule of the schema asks for; one that opens nothing yet is shown to nobody."""

from collections.abc import Iterator

from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLSchema

from auth.permissions import ORGANIZATION_ROLES, OrganizationPermission
from schema.declare.rules import declared

# By role. Filled when the schema is built, because the types whose fields read it are part of that schema.
_SHOWN: dict[str, list[OrganizationPermission]] = {}


def asked_permissions(schema: GraphQLSchema) -> frozenset[OrganizationPermission]:
    """Return the permissions that the rules of types, fields and mutations name."""
    return frozenset(_asked(schema))


def hide_unasked(schema: GraphQLSchema) -> None:
    """Leave the permissions that no rule asks for out of the schema; each appears with its first rule."""
    shown = schema.type_map[OrganizationPermission.__name__]
    assert isinstance(shown, GraphQLEnumType)
    asked = asked_permissions(schema)
    for permission in set(OrganizationPermission) - asked:
        del shown.values[permission.name]
    _SHOWN.update({role: sorted(permissions & asked) for role, permissions in ORGANIZATION_ROLES.items()})


def shown_permissions(role: str | None) -> list[OrganizationPermission]:
    """Return what a role lets its holder do, as far as the API lets anybody do it."""
    return _SHOWN[role] if role is not None else []


def _asked(schema: GraphQLSchema) -> Iterator[OrganizationPermission]:
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for declaration in (type_, *type_.fields.values()):
                definition = declaration.extensions.get("strawberry-definition")
                rule = declared(definition.directives or ()) if definition is not None else None
                if rule is not None and rule.organization:
                    yield rule.organization
