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
    """A link from a message, and the details of a new account."""

    token: str = strawberry.field(description="The part of the link after `#token=`.")
    password: str | None = strawberry.field(
        default=None,
        description="For a new account: the password of the sign-up, which proves that the sign-up was yours.",
    )
    new_password: str | None = strawberry.field(
        default=None,
        description="Instead of `password`, with `displayName`, if you forgot it or did not sign up yourself.",
    )
    display_name: str | None = strawberry.field(default=None, description="Your name, with `newPassword`.")


@payload_type
class EmailConfirmPayload:
    """The confirmed address, or the reasons of the refusal."""

    email: str | None = returned(description="The confirmed address, with which you can sign in.")


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
    description="Confirm an address by the link in the message, which works once. A new account goes to the reader "
    "of the mailbox: they give the password of the sign-up, or set a new one. Another person who signed "
    "up with that address gets no access. An account prepared for the reader becomes active in the same "
    "way.",
)
