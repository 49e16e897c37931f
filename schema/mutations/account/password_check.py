"""`passwordCheck`."""

import strawberry

from auth.passwords.strength import PasswordHint
from resolvers import password
from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type, returned, user_errors
from schema.declare.rules import PUBLIC, rule
from schema.declare.user_error import UserError
from usecases.account.new_password import PASSWORD_REFUSALS

strawberry.enum(PasswordHint, description="What makes a password easy to guess, or would make it harder.")


@input_type
class PasswordCheckInput:
    """A password that somebody thinks of; nothing of it is kept."""

    password: str
    email: str = strawberry.field(default="", description="At sign-up: the address, whose words count for nothing.")
    display_name: str = strawberry.field(default="", description="At sign-up: the name, whose words count for nothing.")


@payload_type
class PasswordCheckPayload:
    """The strength of a password; the rule it breaks, if any, is an error."""

    score: int = returned(description="From 0, guessed at once, to 4, out of reach.")
    hints: list[PasswordHint] = returned(description="How to make it better.")
    user_errors: list[UserError] = user_errors("Empty when the password would be accepted.")


password_check = Mutation(
    input=PasswordCheckInput,
    payload=PasswordCheckPayload,
    rule=rule(PUBLIC),
    action=None,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses=PASSWORD_REFUSALS,
    resolve=password.check,
    description="Hear what a password is worth while it is typed. It changes nothing; it is a mutation because a "
    "query may be sent in an address, and addresses end up in logs.",
)
