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
    """The newest refresh token of this device."""

    refresh_token: str


@payload_type
class SessionRefreshPayload:
    """The next tokens, or the reasons of the refusal."""

    account: Account | None
    access_token: str | None
    refresh_token: str | None = returned(description="Refresh token for the next call; the one you sent is used up.")
    expires_at: datetime | None = returned(description="Time when the access token expires.")


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
    "Call it when an access token is refused with the code `TOKEN_EXPIRED`. If an answer was lost, "
    "repeat the call with the same token within 30 seconds, and you get the same answer. A later use of "
    "the same token means that two parties hold it: the session ends, and its owner is told.",
)
