"""`sessionRefresh`."""

from datetime import datetime

from resolvers import session
from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type, returned
from schema.declare.rules import PUBLIC, rule
from schema.types.account import Account
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class SessionRefreshInput:
    """The newest refresh token that this device was given."""

    refresh_token: str


@payload_type
class SessionRefreshPayload:
    """The next tokens, or why there are none."""

    account: Account | None
    access_token: str | None
    refresh_token: str | None = returned(description="Use this one next time; the one you sent is used up.")
    expires_at: datetime | None = returned(description="Until when the access token is good.")


session_refresh = Mutation(
    input=SessionRefreshInput,
    payload=SessionRefreshPayload,
    rule=rule(PUBLIC),
    action=Action.SESSION_REFRESH,
    tries_secret=True,
    rate_limit=RateLimit.REFRESH,
    refuses={RefusalCode.SESSION_ENDED},
    resolve=session.refresh,
    description="Exchange a refresh token for an access token and the next refresh token; send no `Authorization`. "
    "An access token that this mends is refused with the code `TOKEN_EXPIRED`. "
    "When an answer was lost, ask again with the same token within 30 seconds, and the same answer comes. Later "
    "than that a used token means that two hold it: the session ends and its owner is told.",
)
