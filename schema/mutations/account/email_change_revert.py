"""`emailChangeRevert`."""

from typing import Any

import strawberry

from resolvers import email_change as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types.user_error import UserError


@strawberry.input(description="The link from the notice to your old address.")
class EmailChangeRevertInput:
    """The link from the notice to your old address."""

    token: str = strawberry.field(description="What follows `#token=` in the link.")


@strawberry.type(
    directives=[rule(PUBLIC)], description="Nothing but the errors; a link to set a password comes by mail."
)
class EmailChangeRevertPayload:
    """Nothing but the errors."""

    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: EmailChangeRevertInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Undo a change of address."""
    return await resolvers.revert(info.context, input.token)


email_change_revert: EmailChangeRevertPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description="Undo a change of address that was not yours, by the link in the notice to the old address: the "
    "account has that one again, every session ends, the password is void, and a link to set a new one comes by mail.",
)
