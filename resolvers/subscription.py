"""What an open connection is told without asking again: changes of the viewer's account, and the end of her session."""

from collections.abc import AsyncIterator
from datetime import datetime

from models.db.clock import now
from models.db.query import Row
from resolvers.core.context import RequestContext
from resolvers.core.live_viewer import End


async def own_account(context: RequestContext) -> AsyncIterator[Row | None]:
    """Yield the viewer's account now and whenever it changes; each time as the viewer she is by then."""
    assert context.live_viewer is not None, "subscriptions run over open connections only"
    async for viewer in context.live_viewer.states():
        context.change_viewer(viewer)
        yield viewer.account


async def session_ended(context: RequestContext) -> AsyncIterator[datetime]:
    """Yield once, when the viewer's session is over; a token that has only expired is no end of it."""
    assert context.live_viewer is not None, "subscriptions run over open connections only"
    async for _ in context.live_viewer.states():
        pass
    if context.live_viewer.end is End.SESSION_ENDED:
        yield now()
