"""`passwordReset`."""

import strawberry

from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type
from schema.declare.rules import PUBLIC, rule
from usecases.account.new_password import PASSWORD_REFUSALS
from usecases.account.password import reset_password
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class PasswordResetInput:
    """A link from a message, and the new password."""

    token: str = strawberry.field(description="The part of the link after `#token=`.")
    new_password: str


@payload_type
class PasswordResetPayload:
    """User errors only; then sign in with the new password."""


password_reset = Mutation(
    input=PasswordResetInput,
    payload=PasswordResetPayload,
    rule=rule(PUBLIC),
    action=Action.ACCOUNT_PASSWORD_RESET,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.TOKEN_INVALID, *PASSWORD_REFUSALS},
    resolve=reset_password,
    description="Set a new password by the link in the message. Every session and every pending change of address "
    "ends, and the mailbox is confirmed. The link still works after a refused password.",
)
