"""`sessionRevoke`."""

from typing import Any

import strawberry

from resolvers import session as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.user_error import UserError


@strawberry.input(description="Which of your sessions to end.")
class SessionRevokeInput:
    """Which of your sessions to end."""

    id: strawberry.ID


@strawberry.type(directives=[rule(PUBLIC)], description="The session that ended, or why not.")
class SessionRevokePayload:
    """The session that ended, or why not."""

    revoked_session_id: strawberry.ID | None = computed(lambda outcome, _: next(iter(outcome.ids), None))
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: SessionRevokeInput) -> Any:  # noqa: A002 - the argument's name in the API
    """End one of your sessions."""
    return await resolvers.revoke(info.context, input.id)


session_revoke: SessionRevokePayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(SIGNED_IN, with_tasks=True)],
    description="Sign one of your devices out: its cookie or tokens are worthless from its next request on.",
)
