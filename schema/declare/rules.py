"""Access rules: declared once on a type or field, printed in the SDL as `@rule`, and enforced from the declaration.

A type's rule decides on every path whether an object exists for the viewer. A hidden object is null, exactly like one
that does not exist. A field's own rule is stricter, and its refusal shows: the field is null with one error.
"""

from collections.abc import Container, Iterable
from enum import StrEnum
from functools import cache, cached_property
from typing import Any
from uuid import UUID

import strawberry
import structlog
from graphql import GraphQLError
from strawberry.schema_directive import Location

from auth.permissions import OrganizationPermission, StaffPermission
from auth.viewer import AccountViewer, CookieRefusal, ServiceViewer, Viewer
from schema.declare.enum_values import describe_values

log = structlog.get_logger()

strawberry.enum(OrganizationPermission, description="A permission that a member's role grants in the organization.")
strawberry.enum(StaffPermission, description="A permission that a staff role grants.")


@strawberry.enum
class Who(StrEnum):
    """Callers that a rule admits regardless of roles."""

    PUBLIC = "PUBLIC"
    SIGNED_IN = "SIGNED_IN"
    SELF = "SELF"


describe_values(
    {
        Who.PUBLIC: "Everybody.",
        Who.SIGNED_IN: "Signed-in callers.",
        Who.SELF: "The person to whom the object belongs.",
    }
)


# Aliases: attribute access on an Enum class costs as much as the comparison.
PUBLIC, SIGNED_IN, SELF = Who.PUBLIC, Who.SIGNED_IN, Who.SELF


class RuleDeclarationError(Exception):
    """The schema does not say who may read something; the message names it and the missing declaration."""


RULE_COLUMNS = ("organization_id", "account_id")


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION],
    name="rule",
    description="Grants access to callers who meet any one of the named criteria. "
    "Callers with open tasks reach only what is `PUBLIC` or has `withTasks`. "
    "`at` names the argument, or the field of `input`, whose id determines the organization or person.",
)
class Rule:
    """Grants access if the viewer meets any one criterion: public, signed in, own object, a role's permission."""

    who: Who | None = strawberry.directive_field(name="who", default=strawberry.UNSET)
    organization: OrganizationPermission | None = strawberry.directive_field(
        name="organization", default=strawberry.UNSET
    )
    staff: StaffPermission | None = strawberry.directive_field(name="staff", default=strawberry.UNSET)
    with_tasks: bool | None = strawberry.directive_field(name="withTasks", default=strawberry.UNSET)
    at: str | None = strawberry.directive_field(name="at", default=strawberry.UNSET)

    def allows(self, viewer: Viewer, row: Any) -> bool:
        """Return whether the viewer may reach a row; False if that cannot be told.

        A compiled query has the same tests of `allowed_ids` inline. A call for each row would cost a list of 100 items
        a third of its throughput.
        """
        try:
            if not self.columns:
                return self.allows_all(viewer)
            return any(row[column] in self.allowed_ids(viewer, column) for column in self.columns)
        except Exception:
            log.exception("rule failed", requires=self.requires)
            return False

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the rule reads: ids of an organization or a person."""
        counts = (bool(self.organization), self.who is SELF)
        return tuple(column for column, counted in zip(RULE_COLUMNS, counts, strict=True) if counted)

    def allowed_ids(self, viewer: Viewer, column: str) -> Container[UUID | None]:
        """Return the ids in a column that open a row to the viewer: all of them if the viewer may reach every row."""
        if self.allows_all(viewer):
            return EVERY_ID
        if not self.applies_to(viewer):
            return ()
        if column == "account_id":
            return (viewer.account_id,)
        return viewer.organizations_with(self.organization) if self.organization else ()

    def allows_all(self, viewer: Viewer) -> bool:
        """Return whether the viewer may reach every row."""
        if self.who is PUBLIC:
            return True
        return self.applies_to(viewer) and (self.who is SIGNED_IN or self._allows_as_staff(viewer))

    def _allows_as_staff(self, viewer: Viewer) -> bool:
        return bool(viewer.staff_roles and self.staff and viewer.may_as_staff(self.staff))

    def applies_to(self, viewer: Viewer) -> bool:
        """Return whether the rule can admit this viewer beyond PUBLIC: only an account that no task blocks."""
        return isinstance(viewer, AccountViewer) and (not viewer.tasks or not self.waits_for_tasks_of(viewer))

    def waits_for_tasks_of(self, viewer: Viewer) -> bool:
        """Return whether an open task of the viewer blocks access for now."""
        return bool(viewer.tasks and not self.with_tasks)

    @property
    def requires(self) -> list[str]:
        """Return the alternative criteria, as the `requires` extension of an error lists them."""
        named = [str(self.who)] if self.who else []
        named += [f"organization: {self.organization}"] if self.organization else []
        return named + ([f"staff: {self.staff}"] if self.staff else [])

    @property
    def sentence(self) -> str:
        """Return the rule in words, for documentation."""
        ways = {PUBLIC: "anyone", SIGNED_IN: "signed-in callers", SELF: "the person it belongs to"}
        named = [ways[self.who] + ", also with open tasks" * bool(self.with_tasks)] if self.who else []
        named += [f"members whose role has `{self.organization}`"] if self.organization else []
        named += [f"staff with `{self.staff}`"] if self.staff else []
        return "; ".join(named)

    @property
    def documentation(self) -> str:
        """Return the sentence, with the argument that `at` names."""
        return f"{self.sentence} (of what `{self.at}` names)" if self.at else self.sentence

    def denial(self, viewer: Viewer) -> GraphQLError:
        """Return the error of a refused field."""
        if isinstance(viewer, ServiceViewer):
            return self._denial_of_service()
        if not isinstance(viewer, AccountViewer):
            return self._denial_of_nobody(viewer.cookie_refusal)
        if self.waits_for_tasks_of(viewer):
            return self._denial_until_done(viewer)
        whom = " Ask an administrator of the organization for it." if self.organization else ""
        extensions = {"code": "FORBIDDEN", "requires": self.requires}
        return GraphQLError(f"This is only for {self.sentence}.{whom}", extensions=extensions)

    def _denial_of_service(self) -> GraphQLError:
        extensions = {"code": "FORBIDDEN", "requires": self.requires}
        return GraphQLError(f"This is only for {self.sentence}, and you call as a service.", extensions=extensions)

    def _denial_of_nobody(self, cookie_refusal: CookieRefusal | None) -> GraphQLError:
        message, extensions = "Sign in to read this.", {"code": "UNAUTHENTICATED", "requires": self.requires}
        if cookie_refusal is not None:
            message = f"{message} {cookie_refusal.message}"
            extensions["cookieRefusal"] = cookie_refusal.code
        return GraphQLError(message, extensions=extensions)

    def _denial_until_done(self, viewer: Viewer) -> GraphQLError:
        message = f"First do what is open: {', '.join(viewer.tasks)}. `me {{ tasks {{ kind }} }}` lists it."
        extensions = {"code": "TASK_OPEN", "requires": self.requires, "tasks": list(viewer.tasks)}
        return GraphQLError(message, extensions=extensions)


@cache
def rule(
    who: Who | None = None,
    *,
    organization: OrganizationPermission | None = None,
    staff: StaffPermission | None = None,
    with_tasks: bool = False,
    at: str | None = None,
) -> Rule:
    """Declare a rule: `rule(SELF, organization=MEMBERS_READ)` admits the person and any member with MEMBERS_READ.

    `with_tasks` also admits people with open tasks, whom otherwise only PUBLIC admits. A root field has no row, so `at`
    names the argument with the id of the object; a mutation's is a field of `input`. See `schema.engine.admission`.
    Equal rules are one object, so an answer evaluates each rule once.
    """
    unset: Any = strawberry.UNSET
    return Rule(
        who=who or unset,
        organization=organization or unset,
        staff=staff or unset,
        with_tasks=with_tasks or unset,
        at=at or unset,
    )


class _EveryId(Container[UUID | None]):
    """Contains any id."""

    def __contains__(self, _id: object) -> bool:
        return True


EVERY_ID = _EveryId()


def declared(directives: Iterable[object]) -> Rule | None:
    """Return the rule among the directives of a type or field."""
    return next((directive for directive in directives if isinstance(directive, Rule)), None)
