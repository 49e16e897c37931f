"""Who may read what: declared once on a type or field, printed in the SDL as `@rule`, and enforced from there.

A type's rule decides whether an object exists for the viewer, by whatever path she comes: what she may not reach is
null, exactly like what is not there. A field's own rule is stricter, and its refusal is said: null with one error.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
import structlog
from graphql import GraphQLError
from strawberry.schema_directive import Location

from auth.permissions import ROLES_WITH, OrganizationPermission, StaffPermission
from auth.viewer import Viewer

log = structlog.get_logger()

strawberry.enum(OrganizationPermission, description="What a member's role may let her do with the organization.")
strawberry.enum(StaffPermission, description="What a staff role may let one of the post's own people do.")


@strawberry.enum(description="Whom a rule admits whatever their roles.")
class Who(StrEnum):
    """Whom a rule admits whatever their roles."""

    PUBLIC = "PUBLIC"
    SIGNED_IN = "SIGNED_IN"
    SELF = "SELF"


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION],
    name="rule",
    description="Who may read it: to be any one of those named is enough. "
    "Who has open tasks may read only what is `PUBLIC` or says `withTasks`.",
)
class Rule:
    """Admits whoever is any one of what it names."""

    who: Who | None = strawberry.directive_field(name="who", default=strawberry.UNSET)
    organization: OrganizationPermission | None = strawberry.directive_field(
        name="organization", default=strawberry.UNSET
    )
    staff: StaffPermission | None = strawberry.directive_field(name="staff", default=strawberry.UNSET)
    with_tasks: bool | None = strawberry.directive_field(name="withTasks", default=strawberry.UNSET)

    def permits(self, viewer: Viewer, row: Any) -> bool:
        """Return whether the viewer is admitted to what the row is about; a rule that cannot tell denies."""
        try:
            return self.judge(viewer)(row)
        except Exception:
            log.exception("rule failed", requires=self.requires)
            return False

    def judge(self, viewer: Viewer) -> Callable[[Any], bool]:
        """Return what the rule comes to for one viewer: whether she is admitted to what a row is about."""
        if self.who is Who.PUBLIC:
            return _always
        if not viewer.signed_in or self.waits_for_tasks_of(viewer):
            return _never
        if self.who is Who.SIGNED_IN or (self.staff and viewer.may_as_staff(self.staff)):
            return _always
        person = viewer.account_id if self.who is Who.SELF else None
        return _of_organization(viewer.effective_roles, self.organization, person) if self.organization else _of(person)

    def waits_for_tasks_of(self, viewer: Viewer) -> bool:
        """Return whether it is denied for now, because the viewer has something to do first."""
        return bool(viewer.tasks) and not self.with_tasks

    @property
    def requires(self) -> list[str]:
        """Return what the rule asks for, each a way in of its own, as an error's `requires` extension says it."""
        named = [str(self.who)] if self.who else []
        named += [f"organization: {self.organization}"] if self.organization else []
        return named + ([f"staff: {self.staff}"] if self.staff else [])

    @property
    def sentence(self) -> str:
        """Return the rule in words, for the documentation of the field."""
        ways = {Who.PUBLIC: "anyone", Who.SIGNED_IN: "whoever is signed in", Who.SELF: "the person herself"}
        named = [ways[self.who] + ", also with open tasks" * bool(self.with_tasks)] if self.who else []
        named += [f"members whose role has `{self.organization}`"] if self.organization else []
        named += [f"staff with `{self.staff}`"] if self.staff else []
        return "; ".join(named)

    def denial(self, viewer: Viewer) -> GraphQLError:
        """Return the error of a refused field."""
        if not viewer.signed_in:
            message, code = "Sign in to read this.", "UNAUTHENTICATED"
        elif self.waits_for_tasks_of(viewer):
            return self._denial_until_done(viewer)
        else:
            whom = " Ask an administrator of the organization for it." if self.organization else ""
            message, code = f"This is only for {self.sentence}.{whom}", "FORBIDDEN"
        return GraphQLError(message, extensions={"code": code, "requires": self.requires})

    def _denial_until_done(self, viewer: Viewer) -> GraphQLError:
        message = f"First do what is open: {', '.join(viewer.tasks)}. `me {{ tasks {{ kind }} }}` lists it."
        extensions = {"code": "TASK_OPEN", "requires": self.requires, "tasks": list(viewer.tasks)}
        return GraphQLError(message, extensions=extensions)


def _always(_row: Any) -> bool:
    return True


def _never(_row: Any) -> bool:
    return False


def _of(person: UUID | None) -> Callable[[Any], bool]:
    """Return whether a row is about that person."""
    return _never if person is None else lambda row: bool(row["account_id"] == person)


def _of_organization(
    roles: Mapping[UUID, str], permission: OrganizationPermission, person: UUID | None
) -> Callable[[Any], bool]:
    """Return whether a row is about an organization where a role carries the permission, or about that person.

    The rows of a list are mostly about one organization, so what was found for the last one is kept.
    """
    admitting = ROLES_WITH[permission]
    last: UUID | None = None
    admitted = False

    def judge(row: Any) -> bool:
        nonlocal last, admitted
        organization = row["organization_id"]
        if organization != last:
            last, admitted = organization, roles.get(organization) in admitting
        return admitted or (person is not None and bool(row["account_id"] == person))

    return judge


def rule(
    who: Who | None = None,
    *,
    organization: OrganizationPermission | None = None,
    staff: StaffPermission | None = None,
    with_tasks: bool = False,
) -> Rule:
    """Declare a rule: `rule(SELF, organization=MEMBERS_READ)` admits herself and any member with MEMBERS_READ.

    `with_tasks` leaves it open to people who have open tasks, whom no other rule but PUBLIC admits.
    """
    unset: Any = strawberry.UNSET
    return Rule(
        who=who or unset, organization=organization or unset, staff=staff or unset, with_tasks=with_tasks or unset
    )


def declared(directives: Iterable[object]) -> Rule | None:
    """Return the rule among the directives of a type or field."""
    return next((directive for directive in directives if isinstance(directive, Rule)), None)


PUBLIC, SIGNED_IN, SELF = Who.PUBLIC, Who.SIGNED_IN, Who.SELF
