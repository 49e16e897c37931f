"""Paths by which the permission test reaches objects, and the expected access at each step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from models.membership import Role
from models.staff import StaffRole
from schema.build import SCHEMA
from schema.declare.rules import Rule, Who
from tests.cast import NOBODY, RESTRICTED

# Roles and permissions of the cast, repeated here so that they do not come from the code under test.
DEMO = {"member": Role.MEMBER, "manager": Role.USER_MANAGER, "administrator": Role.ADMINISTRATOR}
OTHER = {"other-administrator": Role.ADMINISTRATOR}
STAFF = {"support": StaffRole.SUPPORT, "operator": StaffRole.RENEWAL_OPERATOR, "auditor": StaffRole.AUDITOR}
ROLE_PERMISSIONS = {
    Role.MEMBER: {"ORGANIZATION_READ"},
    Role.USER_MANAGER: {"ORGANIZATION_READ", "MEMBERS_READ", "MEMBERS_CONTACT_READ", "MEMBERS_UPDATE"},
    Role.ADMINISTRATOR: {
        "ORGANIZATION_READ",
        "ORGANIZATION_UPDATE",
        "MEMBERS_READ",
        "MEMBERS_CONTACT_READ",
        "MEMBERS_UPDATE",
        "ROLES_UPDATE",
        "LEGACY_CODES_READ",
    },
}
STAFF_PERMISSIONS = {
    StaffRole.SUPPORT: {"ACCOUNTS_READ", "ORGANIZATIONS_READ", "LEGACY_CODES_READ"},
    StaffRole.RENEWAL_OPERATOR: {"ORGANIZATIONS_READ", "LEGACY_CODES_READ"},
    StaffRole.AUDITOR: {"ACCOUNTS_READ", "ORGANIZATIONS_READ", "LEGACY_CODES_READ"},
}


CALLER = "the caller"


@dataclass(frozen=True)
class About:
    """Person and organization that an object belongs to, by the names of the cast."""

    person: str | None = None
    roles: tuple[tuple[str, Role], ...] = ()


def about(person: str | None = None, organization: dict[str, Role] | None = None) -> About:
    """Return the owners of an object."""
    return About(person, tuple((organization or {}).items()))


def admitted(rule: Rule | None, who: str, subject: About) -> bool:
    """Return whether a declared rule should admit that member of the cast."""
    if rule is None or rule.who is Who.PUBLIC:
        return True
    if who == NOBODY or (who == RESTRICTED and not rule.with_tasks):
        return False
    role = dict(subject.roles).get(who)
    return (
        rule.who is Who.SIGNED_IN
        or (rule.who is Who.SELF and subject.person in {who, CALLER})
        or (bool(rule.organization) and role is not None and rule.organization in ROLE_PERMISSIONS[role])
        or (bool(rule.staff) and who in STAFF and rule.staff in STAFF_PERMISSIONS[STAFF[who]])
    )


@dataclass(frozen=True)
class Step:
    """One field on the path: `key` is its name in the answer, `index` the list item to follow."""

    field: str
    subject: About = About()
    arguments: str = ""
    alias: str = ""
    index: int | None = None
    narrowed: bool = False  # from an interface to the type at the end

    @property
    def key(self) -> str:
        return self.alias or self.field


@dataclass(frozen=True)
class Path:
    """Path to an object of `type_name`; `travellers` are those whom it leads to this very object."""

    name: str
    type_name: str
    steps: tuple[Step, ...]
    operation: str = "query"
    spread: bool = False  # the fields are asked for in a named fragment
    travellers: Callable[[str], bool] = lambda _who: True

    def query(self, ids: dict[str, str]) -> str:
        """Return the query that asks for every field of the object at the end."""
        fields = " ".join(f"{name} {_selection(field)}" for name, field in named(self.type_name).fields.items())
        inner = "...fields" if self.spread else f"__typename {fields}"
        for step in reversed(self.steps):
            narrowed = f"... on {self.type_name} {{ {inner} }}" if step.narrowed and not self.spread else inner
            alias = f"{step.alias}: " if step.alias else ""
            arguments = step.arguments.format_map(ids)
            inner = f"{alias}{step.field}{arguments} {{ {narrowed} }}"
        fragment = f"fragment fields on {self.type_name} {{ __typename {fields} }}" if self.spread else ""
        return f"{self.operation} {{ {inner} }} {fragment}"


def named(type_name: str) -> GraphQLObjectType:
    """Return the object type of that name."""
    type_ = SCHEMA.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    return type_


def _selection(field: Any) -> str:
    return "" if is_leaf_type(get_named_type(field.type)) else "{ __typename }"


DEMO_OY = about(organization=DEMO)
JUSSI = about("member", DEMO)  # owners of objects of the member Jussi, in Demo Oy
AINO = about("administrator", DEMO)
SUBJECTS = {
    "Account": about("member"),
    "Organization": DEMO_OY,
    "Membership": JUSSI,
    "Service": about(),
    "ServiceAccess": JUSSI,
    "LegacyCode": JUSSI,
    "CustomerNumber": DEMO_OY,
    "Message": about("member"),
    "AuditEntry": about("member"),
    "Session": about("member"),
}

_organization = Step("organization", DEMO_OY, '(id: "{Organization}")')
_connections: dict[str, tuple[Step, ...]] = {
    "memberships": (_organization, Step("memberships", DEMO_OY)),
    "customerNumbers": (_organization, Step("customerNumbers", DEMO_OY)),
    "legacyCodes": (_organization, Step("legacyCodes", DEMO_OY)),
    "administrators": (_organization, Step("administrators", DEMO_OY)),
}

_CONNECTION_TYPES = {
    "memberships": "MembershipConnection",
    "customerNumbers": "CustomerNumberConnection",
    "legacyCodes": "LegacyCodeConnection",
    "administrators": "PersonConnection",
}


def _both_ways(name: str, type_name: str, subject: About, *further: Step) -> list[Path]:
    """Return the path over `edges { node }` and the path over `nodes`, continued by further steps."""
    start, end = _connections[name], (*further,)
    edges = (Step("edges", index=0), Step("node", subject))
    return [
        Path(f"{name}.edges.node {type_name}", type_name, (*start, *edges, *end)),
        Path(f"{name}.nodes {type_name}", type_name, (*start, Step("nodes", subject, index=0), *end)),
    ]


def _nodes(type_name: str) -> list[Path]:
    subject, one = SUBJECTS[type_name], f'(id: "{{{type_name}}}")'
    several = f'(ids: ["{{{type_name}}}"])'
    return [
        Path(f"node {type_name}", type_name, (Step("node", subject, one, narrowed=True),)),
        Path(f"aliased node {type_name}", type_name, (Step("node", subject, one, "x", narrowed=True),), spread=True),
        Path(f"nodes {type_name}", type_name, (Step("nodes", subject, several, index=0, narrowed=True),)),
    ]


def _own(who: str) -> Path:
    subject = about(who)
    return Path(f"me of {who}", "Account", (Step("me", subject),), travellers=lambda viewer: viewer in {who, NOBODY})


def _of_demo(who: str) -> bool:
    return who in DEMO


ACCESS = Step("serviceAccess", JUSSI, index=0)
PATHS: list[Path] = [
    *(path for type_name in SUBJECTS for path in _nodes(type_name)),
    *(_own(who) for who in (*DEMO, *OTHER, *STAFF, "consumer", RESTRICTED)),
    Path(
        "own sessions",
        "Session",
        (
            Step("me", about(CALLER)),
            Step("sessions", about(CALLER)),
            Step("nodes", about(CALLER), index=0),
        ),
    ),
    Path(
        "own sessions themselves",
        "SessionConnection",
        (Step("me", about(CALLER)), Step("sessions", about(CALLER))),
    ),
    Path(
        "own tasks",
        "Task",
        (Step("me", about(CALLER)), Step("tasks", about(RESTRICTED), index=0)),
        travellers=lambda who: who in {RESTRICTED, NOBODY},
    ),
    Path("organization by id", "Organization", (_organization,)),
    Path("organization by Business ID", "Organization", (Step("organization", DEMO_OY, '(businessId: "FI92000015")'),)),
    Path(
        "own organizations",
        "Organization",
        (Step("me", about(CALLER)), Step("organizations", about()), Step("nodes", DEMO_OY, index=0)),
        travellers=_of_demo,
    ),
    Path(
        "organizations",
        "Organization",
        (Step("organizations"), Step("nodes", DEMO_OY, index=0)),
        travellers=lambda who: who in DEMO or who in STAFF or who == NOBODY,
    ),
    Path(
        "own memberships",
        "Organization",
        (
            Step("me", about(CALLER)),
            Step("memberships"),
            Step("nodes", JUSSI, index=0),
            Step("organization", DEMO_OY),
        ),
        travellers=lambda who: who == "member",
    ),
    *_both_ways("memberships", "Membership", JUSSI),
    *_both_ways("memberships", "Person", JUSSI, Step("person", JUSSI)),
    *_both_ways("memberships", "Organization", JUSSI, Step("organization", DEMO_OY)),
    *_both_ways("memberships", "Account", JUSSI, Step("account", about("member", DEMO))),
    *_both_ways("memberships", "ServiceAccess", JUSSI, ACCESS),
    *_both_ways("memberships", "Service", JUSSI, ACCESS, Step("service")),
    *_both_ways("memberships", "CustomerNumber", JUSSI, ACCESS, Step("customerNumbers", DEMO_OY, index=0)),
    *_both_ways("customerNumbers", "CustomerNumber", DEMO_OY),
    *_both_ways("legacyCodes", "LegacyCode", JUSSI),
    *_both_ways("legacyCodes", "Service", JUSSI, Step("service")),
    *_both_ways("administrators", "Person", AINO),
    *(Path(f"{name} itself", _CONNECTION_TYPES[name], steps) for name, steps in _connections.items()),
    Path("services of the organization", "Service", (_organization, Step("services", DEMO_OY, index=0))),
    Path(
        "own messages",
        "Message",
        (
            Step("me", about(CALLER)),
            Step("messages", about(CALLER)),
            Step("nodes", about("member"), index=0),
        ),
        travellers=lambda who: who in {"member", NOBODY},
    ),
    Path(
        "own history",
        "AuditEntry",
        (
            Step("me", about(CALLER)),
            Step("auditEntries", about(CALLER)),
            Step("nodes", about(CALLER), index=0),
        ),
        travellers=lambda who: who != RESTRICTED,
    ),
    Path("messageVerify", "GenuineMessage", (Step("messageVerify", arguments='(code: "ABCDE-FGHJK-MNPQR")'),)),
    Path("services", "Service", (Step("services", index=0),)),
    Path("service by code", "Service", (Step("service", arguments='(code: "EXTRANET")'),)),
    Path(
        "signIn payload",
        "Account",
        (
            Step(
                "signIn",
                arguments='(input: {{email: "member@demo.example", password: "{password}", transport: TOKEN}})',
            ),
            Step("account", about("member")),
        ),
        operation="mutation",
        travellers=lambda who: who == "member",
    ),
    Path(
        "profileUpdate payload",
        "Account",
        (Step("profileUpdate", arguments="(input: {{version: 1}})"), Step("account", about("member"))),
        operation="mutation",
        travellers=lambda who: who in {"member", NOBODY},
    ),
]
