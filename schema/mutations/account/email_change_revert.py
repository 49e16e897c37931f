"""`emailChangeRevert`."""

import strawberry

from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type
from schema.declare.rules import PUBLIC, rule
from usecases.account.email_change_revert import revert_email_change
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class EmailChangeRevertInput:
    """The link from the notice to your old address."""

    token: str = strawberry.field(description="The part of the link after `#token=`.")


@payload_type
class EmailChangeRevertPayload:
    """User errors only; a link to set a password comes by mail."""


email_change_revert = Mutation(
    input=EmailChangeRevertInput,
    payload=EmailChangeRevertPayload,
    rule=rule(PUBLIC),
    action=Action.ACCOUNT_EMAIL_CHANGE_REVERT,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.TOKEN_INVALID, RefusalCode.EMAIL_TAKEN},
    resolve=revert_email_change,
    description="Undo a change of address that was not yours, by the link in the notice to the old address. The "
    "account gets the old address again, every session ends, and the password is void. A link to set a "
    "new password comes by mail.",
)
