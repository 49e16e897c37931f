"""`emailConfirmationResend`."""

from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type
from schema.declare.rules import PUBLIC, rule
from usecases.account.email_confirm import resend_confirmation
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class EmailConfirmationResendInput:
    """The address for a new link."""

    email: str


@payload_type
class EmailConfirmationResendPayload:
    """User errors about the input only."""


email_confirmation_resend = Mutation(
    input=EmailConfirmationResendInput,
    payload=EmailConfirmationResendPayload,
    rule=rule(PUBLIC),
    action=Action.ACCOUNT_EMAIL_CONFIRMATION_RESEND,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.INVALID},
    resolve=resend_confirmation,
    description="Get a new link to confirm an address; the former link ends. The answer is the same if there is no "
    "address to confirm.",
)
