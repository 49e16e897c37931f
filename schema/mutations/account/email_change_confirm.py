"""`emailChangeConfirm`."""

from typing import Any

import strawberry

from resolvers import email_change as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.account import Account
from schema.types.user_error import UserError


@strawberry.input(description="The link from the letter to your new address.")
class EmailChangeConfirmInput:
    """The link from the letter to your new address."""

    token: str = strawberry.field(description="What follows `#token=` in the link.")


@strawberry.type(directives=[rule(PUBLIC)], description="Your account as it is now, changed or not.")
class EmailChangeConfirmPayload:
    """Your account as it is now, changed or not."""

    account: Account | None = computed(lambda outcome, _: outcome.account)
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: EmailChangeConfirmInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Take the new address into use."""
    return await resolvers.confirm(info.context, input.token)


email_change_confirm: EmailChangeConfirmPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(SIGNED_IN, with_tasks=True)],
    metadata={"proof": True},
    description="Take your new address into use, signed in to the account that asked for it. Your other sessions end, "
    "and the old address gets a link that undoes it for seven days.",
)
