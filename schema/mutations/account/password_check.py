"""`passwordCheck`."""

from typing import Any

import strawberry

from auth.passwords.strength import PasswordHint
from resolvers import password as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types.user_error import UserError

strawberry.enum(PasswordHint, description="What makes a password easy to guess, or would make it harder.")


@strawberry.input(description="A password that somebody thinks of; nothing of it is kept.")
class PasswordCheckInput:
    """A password that somebody thinks of."""

    password: str
    email: str = strawberry.field(default="", description="At sign-up: the address, whose words count for nothing.")
    display_name: str = strawberry.field(default="", description="At sign-up: the name, whose words count for nothing.")


@strawberry.type(
    directives=[rule(PUBLIC)], description="What a password is worth; the rule it breaks, if any, is an error."
)
class PasswordCheckPayload:
    """What a password is worth."""

    score: int = computed(
        lambda outcome, _: outcome.strength.score, description="From 0, guessed at once, to 4, out of reach."
    )
    hints: list[PasswordHint] = computed(
        lambda outcome, _: outcome.strength.hints, description="How to make it better."
    )
    user_errors: list[UserError] = computed(
        lambda outcome, _: outcome.user_errors, description="Empty when the password would be accepted."
    )


async def resolve(info: Info, input: PasswordCheckInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Check a password."""
    return await resolvers.check(info.context, input.password, input.email, input.display_name)


password_check: PasswordCheckPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description="Hear what a password is worth while it is typed. It changes nothing; it is a mutation because a "
    "query may be sent in an address, and addresses end up in logs.",
)
