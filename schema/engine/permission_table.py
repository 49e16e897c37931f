"""Generator of docs/permissions.md: every field of the schema, and who may read it."""

from pathlib import Path
from uuid import UUID

from graphql import GraphQLObjectType, GraphQLSchema

from auth.permissions import ORGANIZATION_ROLES, STAFF_ROLES, OrganizationPermission
from auth.viewer import NOBODY, AccountViewer, Viewer
from models.membership import Role
from models.task import TaskKind
from schema.declare.fields import DEFINITION
from schema.declare.rules import Rule
from schema.engine.asked_permissions import asked_permissions

TABLE_FILE = Path(__file__).parents[2] / "docs" / "permissions.md"

HEAD = """# Who may read what

Generated from the schema by `omaposti schema permissions --write`; `make check` compares.

The rule of a type decides if the viewer reaches an object. An object out of reach is null, like an object that does
not exist. A field with a rule of its own (●) is stricter. Where its rule denies, the field is null with an error that
names the permission it requires. A person in several of these columns may read what any of them may read.

The policy of a mutation may ask for more, such as a fresh proof of the password. `viewerCan…` tells it beforehand, and
`viewerCannot…Reasons` lists the codes that the mutation would answer ([decision 33](decisions/0033-policies.md)).

| column | viewer |
|---|---|
| nobody | not signed in |
| stranger | signed in, without a relation to the object |
| self | the person that the object belongs to |
| restricted | the same person while they have open tasks, regardless of their roles |
| member, manager, administrator | in the object's organization: `MEMBER`, `USER_MANAGER`, `ADMINISTRATOR` |
| support, operator, auditor | staff: `SUPPORT`, `RENEWAL_OPERATOR`, `AUDITOR` |
"""

# The rules are evaluated: one viewer per column, and a row of one person and one organization.
_PERSON, _ORGANIZATION, _SOMEBODY = UUID(int=1), UUID(int=2), UUID(int=3)
_ROW = {"account_id": _PERSON, "organization_id": _ORGANIZATION}
_SHORT = {"USER_MANAGER": "manager", "RENEWAL_OPERATOR": "operator"}


def _restricted() -> Viewer:
    return AccountViewer(
        account={"account_id": _PERSON},
        roles={_ORGANIZATION: Role.ADMINISTRATOR},
        staff_roles=frozenset(STAFF_ROLES),
        tasks=(TaskKind.CONFIRM_EMAIL,),
    )


def _somebody(account_id: UUID = _SOMEBODY, role: str | None = None, staff_role: str | None = None) -> Viewer:
    return AccountViewer(
        account={"account_id": account_id},
        roles={_ORGANIZATION: role} if role is not None else {},
        staff_roles=frozenset({staff_role} if staff_role is not None else ()),
    )


VIEWERS: dict[str, Viewer] = {
    "nobody": NOBODY,
    "stranger": _somebody(),
    "self": _somebody(_PERSON),
    "restricted": _restricted(),
    **{_SHORT.get(role, role.lower()): _somebody(role=role) for role in ORGANIZATION_ROLES},
    **{_SHORT.get(role, role.lower()): _somebody(staff_role=role) for role in STAFF_ROLES},
}


def permission_table(schema: GraphQLSchema) -> str:
    """Return the table as Markdown: first the roles, then each type with its fields."""
    types = sorted(
        (t for t in schema.type_map.values() if isinstance(t, GraphQLObjectType) and DEFINITION in t.extensions),
        key=lambda t: (t not in {schema.query_type, schema.mutation_type, schema.subscription_type}, t.name),
    )
    return "\n".join([HEAD, *_roles(asked_permissions(schema)), *(line for type_ in types for line in _type(type_))])


def may_read(type_rule: Rule | None, field_rule: Rule | None, viewer: Viewer) -> bool:
    """Return whether a viewer reaches an object of the type and may read its field."""
    return all(rule is None or rule.allows(viewer, _ROW) for rule in (type_rule, field_rule))


def _roles(asked: frozenset[OrganizationPermission]) -> list[str]:
    lines = ["## What the roles may do", "", "| role | permissions |", "|---|---|"]
    lines += [f"| `{role}` | {_codes(permissions & asked)} |" for role, permissions in ORGANIZATION_ROLES.items()]
    lines += [f"| staff `{role}` | {_codes(permissions)} |" for role, permissions in STAFF_ROLES.items()]
    return [*lines, ""]


def _type(type_: GraphQLObjectType) -> list[str]:
    type_rule: Rule | None = type_.extensions["rule"]
    reached = f"Reached by: {type_rule.sentence}." if type_rule is not None else "The root."
    lines = [f"## {type_.name}", "", reached, "", f"| field | {' | '.join(VIEWERS)} |", "|---|" + "---|" * len(VIEWERS)]
    for name, field in type_.fields.items():
        own: Rule | None = field.extensions["rule"]
        cells = ("✓" if may_read(type_rule, own, viewer) else "" for viewer in VIEWERS.values())
        lines.append(f"| `{name}`{' ●' if own is not None else ''} | {' | '.join(cells)} |")
    return [*lines, ""]


def _codes(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
