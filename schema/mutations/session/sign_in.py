"""`signIn`."""

from datetime import datetime
from typing import Any

import strawberry

from models.session import Transport
from resolvers import sign_in as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types import session  # noqa: F401 - gives Transport its name in the API
from schema.types.account import Account
from schema.types.user_error import UserError


@strawberry.input(description="Who signs in, and how the device will prove itself from now on.")
class SignInInput:
    """Who signs in, and how the device will prove itself from now on."""

    email: str
    password: str
    transport: Transport = Transport.COOKIE
    device_token: str | None = strawberry.field(
        default=None,
        description="With transport `TOKEN`: what an earlier sign-in from this device answered. "
        "A known device is not locked out by what others try.",
    )


@strawberry.type(directives=[rule(PUBLIC)], description="The account signed in to, or why not.")
class SignInPayload:
    """The account signed in to, or why not."""

    account: Account | None = computed(lambda outcome, _: outcome.account)
    access_token: str | None = computed(
        lambda outcome, _: outcome.access_token,
        description="With transport `TOKEN`: send it as `Authorization: Bearer …`; it is good for ten minutes.",
    )
    refresh_token: str | None = computed(
        lambda outcome, _: outcome.refresh_token,
        description="With transport `TOKEN`: `sessionRefresh` exchanges it for the next two.",
    )
    device_token: str | None = computed(
        lambda outcome, _: outcome.device_token,
        description="With transport `TOKEN`: keep it, and send it with the next sign-in from this device.",
    )
    expires_at: datetime | None = computed(
        lambda outcome, _: outcome.expires_at, description="Until when the access token, or the cookie, is good."
    )
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: SignInInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Sign in."""
    given = resolvers.Attempt(input.email, input.password, input.transport, input.device_token)
    return await resolvers.sign_in(info.context, given)


sign_in: SignInPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description="Sign in by e-mail and password. Every failure answers alike, whether the account exists or not; only "
    "the right password of a closed account is answered `ACCOUNT_CLOSED`, with how to open it again.",
)
