"""`accountSecure`."""

from typing import Any

import strawberry

from resolvers import account_secure as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types.user_error import UserError


@strawberry.input(description='The link "This was not me" of an alarm.')
class AccountSecureInput:
    """The link "This was not me" of an alarm."""

    token: str = strawberry.field(description="What follows `#token=` in the link.")


@strawberry.type(
    directives=[rule(PUBLIC)], description="Nothing but the errors; a link to set a password comes by mail."
)
class AccountSecurePayload:
    """Nothing but the errors."""

    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: AccountSecureInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Shut everybody out of an account."""
    return await resolvers.secure(info.context, input.token)


account_secure: AccountSecurePayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description='Answer an alarm (a new device, a new password, a stolen sign-in) with "This was not me": every '
    "session ends, every known device is forgotten, the password is void, links to set a password and an unconfirmed "
    "change of address are cancelled, and a link to set a new password comes by mail.",
)
