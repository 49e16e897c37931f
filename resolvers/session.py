"""The sessions of an account: listed, refreshed and ended."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.throttles import Bucket
from models.db.clock import seconds
from models.db.query import Row
from models.session import IDLE, LIVE_SESSIONS_OF_ACCOUNT, Transport
from resolvers.core import global_id
from resolvers.core.context import RequestContext
from resolvers.core.mutations import Outcome, attempt, told
from resolvers.core.paging import Page, Window, page
from resolvers.core.rate_limits import throttle
from resolvers.sign_in import SignedIn, become, leave
from usecases.refusal import Refusal, RefusalCode
from usecases.session import session as deeds
from usecases.session.session import OpenedSession
from usecases.session.session_refresh import refresh_session


@dataclass(slots=True)
class SessionsRevoked(Outcome):
    """The global ids of the sessions that ended."""

    ids: list[str] = field(default_factory=list)


def of_account(context: RequestContext, account_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of an account's live sessions, the newest first."""
    return page(context, LIVE_SESSIONS_OF_ACCOUNT, account_id, window, (("now", seconds()),))


def expires_at(row: Row) -> datetime:
    """Return until when a session lasts if nobody uses it again."""
    absolute: datetime = row["session_expires_at"]
    is_cookie = row["session_transport"] == Transport.COOKIE
    return min(absolute, row["session_last_seen_at"] + IDLE) if is_cookie else absolute


async def refresh(context: RequestContext, refresh_token: str) -> SignedIn:
    """Exchange a refresh token, and go on as whose it is."""
    await throttle(context, Bucket.refresh(context.address))
    opened: list[OpenedSession | None] = []

    async def deed(session: AsyncSession) -> None:
        opened.append(await refresh_session(session, context.author, refresh_token))

    refusals = await attempt(context, "session.refresh", None, deed)
    if refusals:
        return SignedIn(refusals)
    if opened[0] is None:
        return SignedIn([told(context, Refusal(RefusalCode.SESSION_ENDED, "SESSION_ENDED"))])
    return await become(context, opened[0], Transport.TOKEN)


async def revoke(context: RequestContext, text: str) -> SessionsRevoked:
    """End one of the viewer's sessions; her own is a sign-out."""
    decoded = global_id.decode(text)
    session_id = decoded[1] if decoded is not None and decoded[0] == "Session" else None

    async def deed(session: AsyncSession) -> None:
        await deeds.revoke_session(session, context.author, session_id)

    refusals = await attempt(context, "session.revoke", context.viewer.account_id, deed)
    if refusals:
        return SessionsRevoked(refusals)
    if session_id == context.viewer.session_id:
        leave(context)
    return SessionsRevoked(ids=[text])


async def revoke_others(context: RequestContext) -> SessionsRevoked:
    """End all the viewer's sessions but this one."""
    ended: list[UUID] = []

    async def deed(session: AsyncSession) -> None:
        ended.extend(await deeds.revoke_other_sessions(session, context.author))

    refusals = await attempt(context, "session.revokeOthers", context.viewer.account_id, deed)
    return SessionsRevoked(refusals, [global_id.encode("Session", session_id) for session_id in ended])
