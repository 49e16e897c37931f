"""The sessions of an account: listed, refreshed and ended."""

from collections.abc import Awaitable
from datetime import datetime
from uuid import UUID

from models.db.clock import seconds
from models.db.query import Row
from models.session import IDLE_TIMEOUT, LIVE_SESSIONS_OF_ACCOUNT, Transport
from resolvers.core import global_id
from resolvers.core.context import RequestContext
from resolvers.core.mutation_call import MutationCall, ResultWithReasons
from resolvers.core.paging import Page, Window, page
from resolvers.sign_in import SignedIn, become, leave
from usecases.refusal import Refusal, RefusalCode
from usecases.session.session import revoke_session
from usecases.session.session_refresh import refresh_session


def of_account(context: RequestContext, account_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of an account's live sessions, the newest first."""
    return page(context, LIVE_SESSIONS_OF_ACCOUNT, account_id, window, (("now", seconds()),))


def expires_at(row: Row) -> datetime:
    """Return the time when a session ends if it is not used again."""
    absolute: datetime = row["session_expires_at"]
    is_cookie = row["session_transport"] == Transport.COOKIE
    return min(absolute, row["session_last_seen_at"] + IDLE_TIMEOUT) if is_cookie else absolute


async def refresh(call: MutationCall, refresh_token: str) -> SignedIn | ResultWithReasons:
    """Exchange a refresh token, and continue as the account of its session."""
    opened = await call.run(lambda db, actor, now: refresh_session(db, actor, refresh_token, now=now))
    if opened is None:
        return ResultWithReasons(None, [Refusal(RefusalCode.SESSION_ENDED, "SESSION_ENDED")])
    return await become(call.context, opened, Transport.TOKEN)


async def revoke(call: MutationCall, id: str) -> str:  # noqa: A002 - a field of the input
    """End one of the viewer's sessions and return its global id; their own is a sign-out."""
    decoded = global_id.decode(id)
    session_id = decoded[1] if decoded is not None and decoded[0] == "Session" else None
    await call.run(lambda db, actor, now: revoke_session(db, actor, session_id, now=now))
    if session_id == call.context.viewer.session_id:
        leave(call.context)
    return id
