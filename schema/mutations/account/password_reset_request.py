"""`passwordResetRequest`."""

from typing import Any

import strawberry

from resolvers import password as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types.user_error import UserError


@strawberry.input(description="Whose password is to be set anew.")
class PasswordResetRequestInput:
    """Whose password is to be set anew."""

    email: str


@strawberry.type(
    directives=[rule(PUBLIC)],
    description="Nothing but what is wrong with the input: never whether there is an account.",
)
class PasswordResetRequestPayload:
    """Nothing but what is wrong with the input."""

    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: PasswordResetRequestInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Ask for a link."""
    return await resolvers.request_reset(info.context, input.email)


password_reset_request: PasswordResetRequestPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description="Get a link by mail to set a new password, good once and for an hour (for a day where there is no "
    "password); a newer one ends it. A closed account gets the link that opens it again. The answer is the same for "
    "every address, after the same time.",
)
