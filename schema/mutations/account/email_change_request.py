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
    """The new address of your account."""

    email: str
    acknowledge_role_mailbox: bool = strawberry.field(
        default=False, description="Accept an address that several people may read (`info@`, `toimisto@`)."
    )
    idempotency_key: str | None = idempotency_key()


@payload_type
class EmailChangeRequestPayload:
    """Your account, still with its old address."""

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
    description="Request another address, within ten minutes of signing in or `reauthenticate`. A link goes to the "
    "new address; until `emailChangeConfirm` you sign in with the old one. A newer request cancels an "
    "older one. If somebody else has the address, only its owner is told.",
)
