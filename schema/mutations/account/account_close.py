"""`accountClose`."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers import closing
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.user_error import UserError


@strawberry.input(description="How to close your account.")
class AccountCloseInput:
    """How to close your account."""

    leave_organizations_without_administrator: bool = strawberry.field(
        default=False,
        description="Close it even though organizations would have no administrator left: they wait until one is "
        "appointed. Ask for it only after the refusal has named them.",
    )


@strawberry.type(directives=[rule(PUBLIC)], description="When the account will be erased, if it was closed.")
class AccountClosePayload:
    """When the account will be erased, if it was closed."""

    erased_after: datetime | None = computed(
        lambda outcome, _: outcome.erased_after, description="Until then the link in the mail undoes the closing."
    )
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: AccountCloseInput | None = None) -> Any:  # noqa: A002 - the argument's name in the API
    """Close your account."""
    wishes = input or AccountCloseInput()
    return await closing.close(info.context, insists=wishes.leave_organizations_without_administrator)


account_close: AccountClosePayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(SIGNED_IN)],
    description="Close your account: every sign-in of yours ends at once, and after 30 days everything about you is "
    "erased. `reauthenticate` first. Refused while you are the last administrator of an organization, unless you "
    "insist.",
)
