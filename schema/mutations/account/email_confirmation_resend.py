"""`emailConfirmationResend`."""

from typing import Any

import strawberry

from resolvers import sign_up as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types.user_error import UserError


@strawberry.input(description="The address to which a new link is to come.")
class EmailConfirmationResendInput:
    """The address to which a new link is to come."""

    email: str


@strawberry.type(directives=[rule(PUBLIC)], description="Nothing but what is wrong with the input.")
class EmailConfirmationResendPayload:
    """Nothing but what is wrong with the input."""

    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: EmailConfirmationResendInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Mail a new link."""
    return await resolvers.resend(info.context, input.email)


email_confirmation_resend: EmailConfirmationResendPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description="Get a new link to confirm an address; it ends the former one. The answer is the same whether there is "
    "anything to confirm or not.",
)
