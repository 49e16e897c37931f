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
    """Whose password is to be set again."""

    email: str


@payload_type
class PasswordResetRequestPayload:
    """Nothing but what is wrong with the input: never whether there is an account."""


password_reset_request = Mutation(
    input=PasswordResetRequestInput,
    payload=PasswordResetRequestPayload,
    rule=rule(PUBLIC),
    action=Action.ACCOUNT_PASSWORD_RESET_REQUEST,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.INVALID},
    resolve=request_password_reset,
    description="Get a link by mail to set a new password, good once and for an hour (for a day where there is no "
    "password); a newer one ends it. A closed account gets the link that opens it again. The answer is the same for "
    "every address, after the same time.",
)
