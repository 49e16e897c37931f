"""Types of user errors, with data about the remedy."""

import strawberry

from resolvers import refusal
from schema.declare.fields import Node, related
from schema.declare.rules import PUBLIC, rule
from schema.declare.user_error import UserError
from schema.types.membership import Membership
from schema.types.organization import Organization


@strawberry.type(directives=[rule(PUBLIC)])
class PlainError(UserError):
    """A reason without further data."""


@strawberry.type(directives=[rule(PUBLIC)])
class ConflictError(UserError):
    """`CONFLICT`: somebody else has changed the object since you read it."""

    current: Node | None = related(
        refusal.conflicting, description="The object as it is now; repeat your change with its `version`."
    )


@strawberry.type(directives=[rule(PUBLIC)])
class LastAdministratorError(UserError):
    """`WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR`: appoint another administrator first."""

    organizations: list[Organization | None] = related(
        refusal.organizations, description="Organizations that would be left without an administrator."
    )
    candidates: list[Membership | None] = related(
        refusal.candidates, description="Members whom you could appoint, at most 20, user managers first."
    )


USER_ERRORS = (PlainError, ConflictError, LastAdministratorError)
