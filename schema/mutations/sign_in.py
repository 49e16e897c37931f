"""`signIn`."""

from typing import Any

import strawberry

from models.session import Transport
from resolvers import sign_in as resolvers
from schema.account import Account
from schema.fields import Info, computed
from schema.rules import PUBLIC, rule
from schema.user_error import UserError

strawberry.enum(
    Transport,
    name="SignInTransport",
    description="`COOKIE` for browsers on our own sites; `TOKEN` for mobile apps and everything else.",
)


@strawberry.input(description="Who signs in, and how the device will prove itself from now on.")
class SignInInput:
    """Who signs in, and how the device will prove itself from now on."""

    email: str
    password: str
    transport: Transport = Transport.COOKIE


@strawberry.type(directives=[rule(PUBLIC)], description="The account signed in to, or why not.")
class SignInPayload:
    """The account signed in to, or why not."""

    account: Account | None = computed(lambda outcome, _: outcome.account)
    access_token: str | None = computed(
        lambda outcome, _: outcome.access_token,
        description="With transport `TOKEN`: send it as `Authorization: Bearer …`; it is good for ten minutes.",
    )
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: SignInInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Sign in."""
    return await resolvers.sign_in(info.context, input.email, input.password, input.transport)


sign_in: SignInPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description="Sign in by e-mail and password. Every failure answers alike, whether the account exists or not.",
)
