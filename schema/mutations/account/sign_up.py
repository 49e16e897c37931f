"""`signUp`."""

from typing import Any

import strawberry

from models.account import Language
from resolvers import sign_up as resolvers
from resolvers.sign_up import WrittenForm
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types.user_error import UserError


@strawberry.input(description="Who wants an account.")
class SignUpInput:
    """Who wants an account."""

    email: str
    password: str = strawberry.field(description="15 characters or more; `passwordCheck` tells beforehand.")
    display_name: str
    language: Language | None = strawberry.field(
        default=None, description="For letters; without it, the request's language."
    )
    acknowledge_role_mailbox: bool = strawberry.field(
        default=False, description="Use this address although several people may read it (`info@`, `toimisto@`)."
    )


@strawberry.type(
    directives=[rule(PUBLIC)],
    description="Nothing but what is wrong with the input: never whether there is an account.",
)
class SignUpPayload:
    """Nothing but what is wrong with the input."""

    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: SignUpInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Sign up."""
    form = WrittenForm(input.email, input.password, input.display_name, input.language, input.acknowledge_role_mailbox)
    return await resolvers.sign_up(info.context, form)


sign_up: SignUpPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description="Sign up. A link comes by mail, and `emailConfirm` makes the account of it; an address that has an "
    "account already gets a letter that says so. The answer is the same. A newer sign-up ends the one before.",
)
