"""`emailChangeRequest`."""

import strawberry

from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import idempotency_key, input_type, payload_type, viewer_account
from schema.declare.rules import SIGNED_IN, rule
from schema.types.account import Account
from usecases.account.email_change import request_email_change
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class EmailChangeRequestInput:
    """The address that your account is to have."""

    email: str
    acknowledge_role_mailbox: bool = strawberry.field(
        default=False, description="Use this address although several people may read it (`info@`, `toimisto@`)."
    )
    idempotency_key: str | None = idempotency_key()


@payload_type
class EmailChangeRequestPayload:
    """Your account, as yet with its old address."""

    account: Account | None = viewer_account()


email_change_request = Mutation(
    input=EmailChangeRequestInput,
    payload=EmailChangeRequestPayload,
    rule=rule(SIGNED_IN, with_tasks=True),
    action=Action.ACCOUNT_EMAIL_CHANGE_REQUEST,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.REAUTHENTICATION_REQUIRED, RefusalCode.INVALID, RefusalCode.ACKNOWLEDGEMENT_REQUIRED},
    resolve=request_email_change,
    description="Ask for another address, within ten minutes of signing in or `reauthenticate`. A link goes to the new "
    "address; until `emailChangeConfirm` the old one signs in. A newer request ends the one before. Whether somebody "
    "else has the address is not told; its owner is.",
)
