"""`passwordResetRequest`."""

from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type
from schema.declare.rules import PUBLIC, rule
from usecases.account.password import request_password_reset
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class PasswordResetRequestInput:
    """The address of the account that needs a new password."""

    email: str


@payload_type
class PasswordResetRequestPayload:
    """User errors about the input only; they never reveal if an account exists."""


password_reset_request = Mutation(
    input=PasswordResetRequestInput,
    payload=PasswordResetRequestPayload,
    rule=rule(PUBLIC),
    action=Action.ACCOUNT_PASSWORD_RESET_REQUEST,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.INVALID},
    resolve=request_password_reset,
    description="Get a link by mail to set a new password. It works once within an hour, or within a day if the "
    "account has no password. A newer link ends it. A closed account gets the link that reopens it. "
    "Answer and response time are the same for every address.",
)
