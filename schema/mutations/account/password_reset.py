"""`passwordReset`."""

from typing import Any

import strawberry

from resolvers import password as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types.user_error import UserError


@strawberry.input(description="A link from a letter, and the new password.")
class PasswordResetInput:
    """A link from a letter, and the new password."""

    token: str = strawberry.field(description="What follows `#token=` in the link.")
    new_password: str


@strawberry.type(directives=[rule(PUBLIC)], description="Nothing but the errors; sign in with the new password now.")
class PasswordResetPayload:
    """Nothing but the errors."""

    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: PasswordResetInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Set a new password."""
    return await resolvers.reset(info.context, input.token, input.new_password)


password_reset: PasswordResetPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description="Set a new password by the link in the letter. It ends every session and every pending change of "
    "address, and confirms the mailbox; a refused password leaves the link good.",
)
