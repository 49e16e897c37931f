"""`otherSessionsRevoke`."""

from typing import Any

import strawberry

from resolvers import session as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.user_error import UserError


@strawberry.type(directives=[rule(PUBLIC)], description="The sessions that ended.")
class OtherSessionsRevokePayload:
    """The sessions that ended."""

    revoked_session_ids: list[strawberry.ID] = computed(lambda outcome, _: outcome.ids)
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info) -> Any:
    """End all your sessions but this one."""
    return await resolvers.revoke_others(info.context)


other_sessions_revoke: OtherSessionsRevokePayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(SIGNED_IN, with_tasks=True)],
    description="Sign all your other devices out, whatever they are.",
)
