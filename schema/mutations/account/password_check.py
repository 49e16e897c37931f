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

strawberry.enum(PasswordHint, description="Advice about a password: a weakness to avoid, or an improvement.")


@input_type
class PasswordCheckInput:
    """A password to judge; it is not stored."""

    password: str
    email: str = strawberry.field(default="", description="At sign-up: the address, whose words add no strength.")
    display_name: str = strawberry.field(default="", description="At sign-up: the name, whose words add no strength.")


@payload_type
class PasswordCheckPayload:
    """Strength of a password; a broken rule is a user error."""

    score: int = returned(description="Guessing effort: 0 is guessed at once, 4 is practically impossible to guess.")
    hints: list[PasswordHint] = returned(description="Advice for a stronger password.")
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
    description="Judge a password while it is typed. It changes nothing. It is a mutation because queries may be "
    "sent in a URL, and URLs end up in logs.",
)
