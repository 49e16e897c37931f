"""The types of user errors, with what helps to go on."""

import strawberry

from resolvers import refusal
from schema.declare.fields import Node, related
from schema.declare.rules import PUBLIC, rule
from schema.declare.user_error import UserError
from schema.types.membership import Membership
from schema.types.organization import Organization


@strawberry.type(directives=[rule(PUBLIC)], description="A reason that has nothing more to say.")
class PlainError(UserError):
    """A reason that has nothing more to say."""


@strawberry.type(
    directives=[rule(PUBLIC)], description="`CONFLICT`: somebody else has changed the object since you saw it."
)
class ConflictError(UserError):
    """The object has changed since the caller saw it."""

    current: Node | None = related(
        refusal.conflicting, description="The object as it is now; make your change again with its `version`."
    )


@strawberry.type(
    directives=[rule(PUBLIC)],
    description="`WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR`: appoint another administrator first.",
)
class LastAdministratorError(UserError):
    """Organizations would be left without an administrator."""

    organizations: list[Organization | None] = related(
        refusal.organizations, description="The organizations that would be left without an administrator."
    )
    candidates: list[Membership | None] = related(
        refusal.candidates, description="Members who could be appointed, at most 20, user managers first."
    )


USER_ERRORS = (PlainError, ConflictError, LastAdministratorError)
