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
    """The proof that it is still you."""

    password: str


@payload_type
class ReauthenticatePayload:
    """Your account and this session's new secret, or why not."""

    account: Account | None = viewer_account()
    access_token: str | None = returned(
        description="With transport `TOKEN`: use it from now on; the one you asked with is worthless.",
    )
    expires_at: datetime | None = returned(description="Until when the access token, or the new cookie, is good.")


reauthenticate = Mutation(
    input=ReauthenticateInput,
    payload=ReauthenticatePayload,
    rule=rule(SIGNED_IN, with_tasks=True),
    action=Action.SESSION_REAUTHENTICATE,
    tries_secret=True,
    refuses={RefusalCode.SIGN_IN_FAILED, RefusalCode.SESSION_ENDED},
    resolve=sign_in.reauthenticate,
    description="Give your password once more. For ten minutes you may then do what asks for "
    "`REAUTHENTICATION_REQUIRED`. The session goes on with a new cookie or access token.",
)
