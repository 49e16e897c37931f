"""`otherSessionsRevoke`."""

import strawberry

from resolvers.core import global_id
from schema.declare.mutation import Mutation
from schema.declare.payload import payload_type, returned
from schema.declare.rules import SIGNED_IN, rule
from usecases.audit.action import Action
from usecases.session import session


@payload_type
class OtherSessionsRevokePayload:
    """The ended sessions."""

    revoked_session_ids: list[strawberry.ID] = returned(
        lambda ids: [global_id.encode("Session", session_id) for session_id in ids], otherwise=[]
    )


other_sessions_revoke = Mutation(
    payload=OtherSessionsRevokePayload,
    rule=rule(SIGNED_IN, with_tasks=True),
    action=Action.SESSION_REVOKE_OTHERS,
    use_case=session.revoke_other_sessions,
    description="Sign out all your devices except this one.",
)
