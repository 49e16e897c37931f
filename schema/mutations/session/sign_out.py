"""`signOut`."""

from typing import Any

import strawberry

from resolvers import sign_in as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types.user_error import UserError


@strawberry.type(directives=[rule(PUBLIC)], description="Nothing but the errors, of which there are none.")
class SignOutPayload:
    """Nothing but the errors."""

    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info) -> Any:
    """Sign out."""
    return await resolvers.sign_out(info.context)


sign_out: SignOutPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    description="End this session: its cookie or token is worthless from the next request on.",
)
