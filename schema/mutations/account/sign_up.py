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
    """Details of a person who wants an account."""

    email: str
    password: str = strawberry.field(description="At least 15 characters; `passwordCheck` judges it beforehand.")
    display_name: str
    language: Language | None = strawberry.field(
        default=None, description="Language of messages; by default that of the request."
    )
    acknowledge_role_mailbox: bool = strawberry.field(
        default=False, description="Accept an address that several people may read (`info@`, `toimisto@`)."
    )
    idempotency_key: str | None = idempotency_key()


@payload_type
class SignUpPayload:
    """User errors about the input only; they never reveal if an account exists."""


sign_up = Mutation(
    input=SignUpInput,
    payload=SignUpPayload,
    rule=rule(PUBLIC),
    action=Action.ACCOUNT_SIGN_UP,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.INVALID, RefusalCode.ACKNOWLEDGEMENT_REQUIRED, *PASSWORD_REFUSALS},
    resolve=resolvers.sign_up,
    description="Sign up. A link comes by mail, and `emailConfirm` creates the account. An address that already has "
    "an account gets a message that says so, and the answer is the same. A newer sign-up replaces an "
    "older one.",
)
