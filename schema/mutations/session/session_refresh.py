"""`sessionRefresh`."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers import session as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types.account import Account
from schema.types.user_error import UserError


@strawberry.input(description="The newest refresh token that this device was given.")
class SessionRefreshInput:
    """The newest refresh token that this device was given."""

    refresh_token: str


@strawberry.type(directives=[rule(PUBLIC)], description="The next tokens, or why there are none.")
class SessionRefreshPayload:
    """The next tokens, or why there are none."""

    account: Account | None = computed(lambda outcome, _: outcome.account)
    access_token: str | None = computed(lambda outcome, _: outcome.access_token)
    refresh_token: str | None = computed(
        lambda outcome, _: outcome.refresh_token, description="Use this one next time; the one you sent is used up."
    )
    expires_at: datetime | None = computed(
        lambda outcome, _: outcome.expires_at, description="Until when the access token is good."
    )
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: SessionRefreshInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Exchange a refresh token for the next tokens."""
    return await resolvers.refresh(info.context, input.refresh_token)


session_refresh: SessionRefreshPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description="Exchange a refresh token for an access token and the next refresh token; send no `Authorization`. "
    "An access token that this mends is refused with the code `TOKEN_EXPIRED`. "
    "When an answer was lost, ask again with the same token within 30 seconds, and the same answer comes. Later "
    "than that a used token means that two hold it: the session ends and its owner is told.",
)
