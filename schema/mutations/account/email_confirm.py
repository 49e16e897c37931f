"""`emailConfirm`."""

from typing import Any

import strawberry

from resolvers import sign_up as resolvers
from resolvers.sign_up import Confirmation
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types.user_error import UserError


@strawberry.input(description="A link from a letter, and for a new account whose it is to be.")
class EmailConfirmInput:
    """A link from a letter, and for a new account whose it is to be."""

    token: str = strawberry.field(description="What follows `#token=` in the link.")
    password: str | None = strawberry.field(
        default=None, description="For a new account: the password chosen at sign-up, which shows that it was yours."
    )
    new_password: str | None = strawberry.field(
        default=None, description="Instead of `password`, with `displayName`: if you forgot it, or did not sign up."
    )
    display_name: str | None = strawberry.field(default=None, description="Your name, with `newPassword`.")


@strawberry.type(directives=[rule(PUBLIC)], description="The address that is confirmed, or why not.")
class EmailConfirmPayload:
    """The address that is confirmed, or why not."""

    email: str | None = computed(lambda outcome, _: outcome.email, description="Sign in with it now.")
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: EmailConfirmInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Confirm an address."""
    given = Confirmation(input.token, input.password, input.new_password, input.display_name)
    return await resolvers.confirm(info.context, given)


email_confirm: EmailConfirmPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description="Confirm an address by the link in the letter, which is good once. A new account becomes its mailbox "
    "reader's: she gives the password of the sign-up, or sets one of her own; whoever else signed up with her address "
    "gets nothing by it. An account that was prepared for her becomes active in the same way.",
)
