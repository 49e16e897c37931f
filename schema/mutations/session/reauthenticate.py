"""`reauthenticate`."""

from datetime import datetime

from resolvers import sign_in
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type, returned, viewer_account
from schema.declare.rules import SIGNED_IN, rule
from schema.types.account import Account
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class ReauthenticateInput:
    """Your password, as proof that it is you."""

    password: str


@payload_type
class ReauthenticatePayload:
    """Your account and the session's new secret, or the reasons of the refusal."""

    account: Account | None = viewer_account()
    access_token: str | None = returned(
        description="With transport `TOKEN`: use it from now on; the former access token is void.",
    )
    expires_at: datetime | None = returned(description="Time when the access token or the cookie expires.")


reauthenticate = Mutation(
    input=ReauthenticateInput,
    payload=ReauthenticatePayload,
    rule=rule(SIGNED_IN, with_tasks=True),
    action=Action.SESSION_REAUTHENTICATE,
    tries_secret=True,
    refuses={RefusalCode.SIGN_IN_FAILED, RefusalCode.SESSION_ENDED},
    resolve=sign_in.reauthenticate,
    description="Prove your password again. For ten minutes you may then use mutations that otherwise answer "
    "`REAUTHENTICATION_REQUIRED`. The session continues with a new cookie or access token.",
)
