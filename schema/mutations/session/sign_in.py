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
    """Credentials, and the transport of the new session."""

    email: str
    password: str
    transport: Transport = strawberry.field(
        default=Transport.COOKIE, description="Carrier of the session's secrets: cookies, or tokens in the answer."
    )
    device_token: str | None = strawberry.field(
        default=None,
        description="With transport `TOKEN`: the `deviceToken` of an earlier sign-in from this device. Attempts of "
        "strangers do not lock out a known device.",
    )


@payload_type
class SignInPayload:
    """The account and its new session, or the reasons of the refusal."""

    account: Account | None
    access_token: str | None = returned(
        description="With transport `TOKEN`: send it as `Authorization: Bearer …`; it is valid for ten minutes.",
    )
    refresh_token: str | None = returned(
        description="With transport `TOKEN`: `sessionRefresh` exchanges it for new tokens.",
    )
    device_token: str | None = returned(
        description="With transport `TOKEN`: store it, and send it with the next sign-in from this device.",
    )
    expires_at: datetime | None = returned(description="Time when the access token or the cookie expires.")


sign_in = Mutation(
    input=SignInInput,
    payload=SignInPayload,
    rule=rule(PUBLIC),
    action=Action.SESSION_SIGN_IN,
    tries_secret=True,
    refuses={RefusalCode.SIGN_IN_FAILED, RefusalCode.ACCOUNT_CLOSED},
    resolve=resolvers.sign_in,
    description="Sign in by e-mail and password. Every failure gets the same answer, even if the account does not "
    "exist. One exception: the right password of a closed account is answered `ACCOUNT_CLOSED`, with "
    "the way to reopen it.",
)
