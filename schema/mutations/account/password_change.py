"""`passwordChange`."""

from typing import Any

import strawberry

from resolvers import password as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.account import Account
from schema.types.user_error import UserError


@strawberry.input(description="Your new password; the present one is proved by `reauthenticate`.")
class PasswordChangeInput:
    """Your new password."""

    new_password: str


@strawberry.type(directives=[rule(PUBLIC)], description="Your account, or why the password was refused.")
class PasswordChangePayload:
    """Your account, or why the password was refused."""

    account: Account | None = computed(lambda outcome, _: outcome.account)
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: PasswordChangeInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Change your password."""
    return await resolvers.change(info.context, input.new_password)


password_change: PasswordChangePayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(SIGNED_IN, with_tasks=True)],
    metadata={"proof": True},
    description="Change your password, within ten minutes of signing in or `reauthenticate`. Your other sessions end, "
    "and so does a change of address that is not confirmed.",
)
