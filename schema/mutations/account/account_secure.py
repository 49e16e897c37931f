"""`accountSecure`."""

import strawberry

from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type
from schema.declare.rules import PUBLIC, rule
from usecases.account.account_secure import secure_account
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class AccountSecureInput:
    """The link "This was not me" from an alarm message."""

    token: str = strawberry.field(description="The part of the link after `#token=`.")


@payload_type
class AccountSecurePayload:
    """User errors only; a link to set a password comes by mail."""


account_secure = Mutation(
    input=AccountSecureInput,
    payload=AccountSecurePayload,
    rule=rule(PUBLIC),
    action=Action.ACCOUNT_SECURE,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.TOKEN_INVALID},
    resolve=secure_account,
    description='Answer an alarm about a new device, a new password or a stolen sign-in with "This was not me". '
    "Every session ends, every known device is forgotten, and the password is void. Links to set a "
    "password and an unconfirmed change of address are cancelled. A link to set a new password comes by "
    "mail.",
)
