"""`emailConfirm`."""

import strawberry

from resolvers import sign_up
from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type, returned
from schema.declare.rules import PUBLIC, rule
from usecases.account.new_password import PASSWORD_REFUSALS
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class EmailConfirmInput:
    """A link from a message, and for a new account whose it is to be."""

    token: str = strawberry.field(description="What follows `#token=` in the link.")
    password: str | None = strawberry.field(
        default=None, description="For a new account: the password chosen at sign-up, which shows that it was yours."
    )
    new_password: str | None = strawberry.field(
        default=None, description="Instead of `password`, with `displayName`: if you forgot it, or did not sign up."
    )
    display_name: str | None = strawberry.field(default=None, description="Your name, with `newPassword`.")


@payload_type
class EmailConfirmPayload:
    """The address that is confirmed, or why not."""

    email: str | None = returned(description="Sign in with it now.")


email_confirm = Mutation(
    input=EmailConfirmInput,
    payload=EmailConfirmPayload,
    rule=rule(PUBLIC),
    action=Action.ACCOUNT_EMAIL_CONFIRM,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={
        RefusalCode.TOKEN_INVALID,
        RefusalCode.PASSWORD_WRONG,
        RefusalCode.REQUIRED,
        RefusalCode.INVALID,
        *PASSWORD_REFUSALS,
    },
    resolve=sign_up.confirm,
    description="Confirm an address by the link in the message, which is good once. A new account becomes its mailbox "
    "reader's: she gives the password of the sign-up, or sets one of her own; whoever else signed up with her address "
    "gets nothing by it. An account that was prepared for her becomes active in the same way.",
)
