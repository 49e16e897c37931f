"""`reauthenticate`."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers import sign_in as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.account import Account
from schema.types.user_error import UserError


@strawberry.input(description="The proof that it is still you.")
class ReauthenticateInput:
    """The proof that it is still you."""

    password: str


@strawberry.type(directives=[rule(PUBLIC)], description="Your account and this session's new secret, or why not.")
class ReauthenticatePayload:
    """Your account and this session's new secret, or why not."""

    account: Account | None = computed(lambda outcome, _: outcome.account)
    access_token: str | None = computed(
        lambda outcome, _: outcome.access_token,
        description="With transport `TOKEN`: use it from now on; the one you asked with is worthless.",
    )
    expires_at: datetime | None = computed(
        lambda outcome, _: outcome.expires_at, description="Until when the access token, or the new cookie, is good."
    )
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: ReauthenticateInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Prove once more that it is you."""
    return await resolvers.reauthenticate(info.context, input.password)


reauthenticate: ReauthenticatePayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(SIGNED_IN, with_tasks=True)],
    metadata={"proof": True},
    description="Give your password once more. For ten minutes you may then do what asks for "
    "`REAUTHENTICATION_REQUIRED`. The session goes on with a new cookie or access token.",
)
