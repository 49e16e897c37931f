"""`emailChangeConfirm`."""

import strawberry

from resolvers import email_change
from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type, viewer_account
from schema.declare.rules import SIGNED_IN, rule
from schema.types.account import Account
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class EmailChangeConfirmInput:
    """The link from the message to your new address."""

    token: str = strawberry.field(description="The part of the link after `#token=`.")


@payload_type
class EmailChangeConfirmPayload:
    """Your account as it is now, changed or not."""

    account: Account | None = viewer_account()


email_change_confirm = Mutation(
    input=EmailChangeConfirmInput,
    payload=EmailChangeConfirmPayload,
    rule=rule(SIGNED_IN, with_tasks=True),
    action=Action.ACCOUNT_EMAIL_CHANGE_CONFIRM,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.TOKEN_INVALID, RefusalCode.EMAIL_TAKEN},
    resolve=email_change.confirm,
    description="Confirm your new address, signed in to the account that requested it. Your other sessions end. The "
    "old address gets a link that undoes the change within seven days.",
)
