"""Who may read what: declared once on a type or field, printed in the SDL as `@rule`, and enforced from there.

A type's rule decides whether an object exists for the viewer, by whatever path she comes: what she may not reach is
null, exactly like what is not there. A field's own rule is stricter, and its refusal is said: null with one error.
"""

from collections.abc import Callable, Container, Iterable
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

log = structlog.get_logger()

strawberry.enum(OrganizationPermission, description="What a member's role may let her do with the organization.")
strawberry.enum(StaffPermission, description="What a staff role may let one of the post's own people do.")


@strawberry.enum(description="Whom a rule admits whatever their roles.")
class Who(StrEnum):
    """Whom a rule admits whatever their roles."""

    PUBLIC = "PUBLIC"
    SIGNED_IN = "SIGNED_IN"
    SELF = "SELF"


# By these names in rules as well: a look at a member through its enum is as expensive as the comparison it is for.
PUBLIC, SIGNED_IN, SELF = Who.PUBLIC, Who.SIGNED_IN, Who.SELF


class RuleDeclarationError(Exception):
    """The schema leaves open who may read something; the message names it and says what to declare."""


RULE_COLUMNS = ("organization_id", "account_id")


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION],
    name="rule",
    description="Who may read it: to be any one of those named is enough. "
    "Who has open tasks may read only what is `PUBLIC` or says `withTasks`. "
    "`at` names the argument, or the field of `input`, whose id says which organization or person is meant.",
)
class Rule:
    """Admits whoever is any one of what it names."""

    who: Who | None = strawberry.directive_field(name="who", default=strawberry.UNSET)
    organization: OrganizationPermission | None = strawberry.directive_field(
        name="organization", default=strawberry.UNSET
    )
    staff: StaffPermission | None = strawberry.directive_field(name="staff", default=strawberry.UNSET)
    with_tasks: bool | None = strawberry.directive_field(name="withTasks", default=strawberry.UNSET)
    at: str | None = strawberry.directive_field(name="at", default=strawberry.UNSET)

    def test(self, viewer: Viewer) -> Callable[[Any], bool]:
        """Return the predicate over rows for one viewer: the one piece of code that decides, in both executors."""
        if self.allows_all(viewer):
            return _always
        ways = [(column, self.allowed_ids(viewer, column)) for column in self.columns]
        if len(ways) != 1:
            return lambda row: any(row[column] in ids for column, ids in ways)
        ((column, ids),) = ways
        return lambda row: row[column] in ids

    def allows(self, viewer: Viewer, row: Any) -> bool:
        """Return whether the viewer may reach a row; a rule that fails denies."""
        try:
            return self.test(viewer)(row)
        except Exception:
            log.exception("rule failed", requires=self.requires)
            return False

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of a row that it looks at: each names an organization or a person."""
        counts = (bool(self.organization), self.who is SELF)
        return tuple(column for column, counted in zip(RULE_COLUMNS, counts, strict=True) if counted)

    def allowed_ids(self, viewer: Viewer, column: str) -> Container[UUID | None]:
        """Return the ids in that column whose rows the viewer may reach."""
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
        """Return whether it can allow the viewer anything that is not public: only an account, never a service."""
        return isinstance(viewer, AccountViewer) and (not viewer.tasks or not self.waits_for_tasks_of(viewer))

    def waits_for_tasks_of(self, viewer: Viewer) -> bool:
        """Return whether it is denied for now, because the viewer has an open task."""
        return bool(viewer.tasks and not self.with_tasks)

    @property
    def requires(self) -> list[str]:
        """Return what the rule asks for, each a way in of its own, as an error's `requires` extension says it."""
        named = [str(self.who)] if self.who else []
        named += [f"organization: {self.organization}"] if self.organization else []
        return named + ([f"staff: {self.staff}"] if self.staff else [])

    @property
    def sentence(self) -> str:
        """Return the rule in words, for the documentation of the field."""
        ways = {PUBLIC: "anyone", SIGNED_IN: "signed-in callers", SELF: "the person it belongs to"}
        named = [ways[self.who] + ", also with open tasks" * bool(self.with_tasks)] if self.who else []
        named += [f"members whose role has `{self.organization}`"] if self.organization else []
        named += [f"staff with `{self.staff}`"] if self.staff else []
        return "; ".join(named)

    @property
    def documentation(self) -> str:
        """Return the sentence with the place of the id that it is about."""
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

    `with_tasks` leaves it open to people who have open tasks, whom no other rule but PUBLIC admits. A root field has no
    row, so `at` names the argument with the id of the object that the rule is about. A mutation's is a field of
    `input`. See `schema.engine.admission`. Equal rules are one object, which an answer asks once whom it admits.
    """
    unset: Any = strawberry.UNSET
    return Rule(
        who=who or unset,
        organization=organization or unset,
        staff=staff or unset,
        with_tasks=with_tasks or unset,
        at=at or unset,
    )


def _always(_row: object) -> bool:
    return True


def declared(directives: Iterable[object]) -> Rule | None:
    """Return the rule among the directives of a type or field."""
    return next((directive for directive in directives if isinstance(directive, Rule)), None)
