"""`signUp`."""

import strawberry

from resolvers import sign_up as resolvers
from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import idempotency_key, input_type, payload_type
from schema.declare.rules import PUBLIC, rule
from schema.types.language import Language
from usecases.account.new_password import PASSWORD_REFUSALS
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class SignUpInput:
    """Who wants an account."""

    email: str
    password: str = strawberry.field(description="15 characters or more; `passwordCheck` tells beforehand.")
    display_name: str
    language: Language | None = strawberry.field(
        default=None, description="For messages; without it, the request's language."
    )
    acknowledge_role_mailbox: bool = strawberry.field(
        default=False, description="Use this address although several people may read it (`info@`, `toimisto@`)."
    )
    idempotency_key: str | None = idempotency_key()


@payload_type
class SignUpPayload:
    """Nothing but what is wrong with the input: never whether there is an account."""


sign_up = Mutation(
    input=SignUpInput,
    payload=SignUpPayload,
    rule=rule(PUBLIC),
    action=Action.ACCOUNT_SIGN_UP,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.INVALID, RefusalCode.ACKNOWLEDGEMENT_REQUIRED, *PASSWORD_REFUSALS},
    resolve=resolvers.sign_up,
    description="Sign up. A link comes by mail, and `emailConfirm` makes the account of it; an address that has an "
    "account already gets a message that says so. The answer is the same. A newer sign-up ends the one before.",
)
