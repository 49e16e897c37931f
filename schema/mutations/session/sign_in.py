"""`signIn`."""

from datetime import datetime

import strawberry

from models.session import Transport
from resolvers import sign_in as resolvers
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type, returned
from schema.declare.rules import PUBLIC, rule
from schema.types import session  # noqa: F401 - gives Transport its name in the API
from schema.types.account import Account
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
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


@payload_type
class SignInPayload:
    """The account signed in to, or why not."""

    account: Account | None
    access_token: str | None = returned(
        description="With transport `TOKEN`: send it as `Authorization: Bearer …`; it is good for ten minutes.",
    )
    refresh_token: str | None = returned(
        description="With transport `TOKEN`: `sessionRefresh` exchanges it for the next two.",
    )
    device_token: str | None = returned(
        description="With transport `TOKEN`: keep it, and send it with the next sign-in from this device.",
    )
    expires_at: datetime | None = returned(description="Until when the access token, or the cookie, is good.")


sign_in = Mutation(
    input=SignInInput,
    payload=SignInPayload,
    rule=rule(PUBLIC),
    action=Action.SESSION_SIGN_IN,
    tries_secret=True,
    refuses={RefusalCode.SIGN_IN_FAILED, RefusalCode.ACCOUNT_CLOSED},
    resolve=resolvers.sign_in,
    description="Sign in by e-mail and password. Every failure answers alike, whether the account exists or not; only "
    "the right password of a closed account is answered `ACCOUNT_CLOSED`, with how to open it again.",
)
