"""`sessionRevoke`."""

import strawberry

from resolvers import session
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type, returned
from schema.declare.rules import SIGNED_IN, rule
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class SessionRevokeInput:
    """The session to end."""

    id: strawberry.ID


@payload_type
class SessionRevokePayload:
    """The ended session, or the reasons of the refusal."""

    revoked_session_id: strawberry.ID | None = returned(lambda session_id: session_id)


session_revoke = Mutation(
    input=SessionRevokeInput,
    payload=SessionRevokePayload,
    rule=rule(SIGNED_IN, with_tasks=True),
    action=Action.SESSION_REVOKE,
    refuses={RefusalCode.NOT_FOUND},
    resolve=session.revoke,
    description="Sign out one of your devices: its cookie or tokens are void from its next request on.",
)
