"""`accountCloseUndo`."""

from typing import Any

import strawberry

from resolvers import closing
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, rule
from schema.types.user_error import UserError


@strawberry.input(description="What the link in the mail about the closing holds.")
class AccountCloseUndoInput:
    """What the link in the mail about the closing holds."""

    token: str


@strawberry.type(directives=[rule(PUBLIC)], description="Without user errors, the account is open again.")
class AccountCloseUndoPayload:
    """Without user errors, the account is open again."""

    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: AccountCloseUndoInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Undo the closing of an account."""
    return await closing.undo(info.context, input.token)


account_close_undo: AccountCloseUndoPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(PUBLIC)],
    metadata={"proof": True},
    description="Open a closed account again, by the link that was mailed when it was closed; then sign in as before.",
)
