"""Streams of an open connection: changes of the viewer's account, and the end of their session."""

from collections.abc import AsyncIterator
from datetime import datetime

from models.db.clock import now
from models.db.query import Row
from resolvers.core.context import RequestContext
from resolvers.core.live_viewer import End


async def own_account(context: RequestContext) -> AsyncIterator[Row | None]:
    """Yield the viewer's account now and after each change; each time with the viewer's present rights."""
    assert context.live_viewer is not None, "subscriptions run over open connections only"
    async for viewer in context.live_viewer.states():
        context.change_viewer(viewer)
        yield viewer.account


async def session_ended(context: RequestContext) -> AsyncIterator[datetime]:
    """Yield once, when the viewer's session has ended; an expired access token does not end it."""
    assert context.live_viewer is not None, "subscriptions run over open connections only"
    async for _ in context.live_viewer.states():
        pass
    if context.live_viewer.end is End.SESSION_ENDED:
        yield now()
