"""Environment of a Strawberry peer: its database, its request log, its route."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import strawberry
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bench.peers.request_line import RequestLine
from bench.peers.serving import POOL_SIZE, dsn
from server.db.connector import BOUNDS
from server.db.database import COMMAND_TIMEOUT

LINE: ContextVar[RequestLine] = ContextVar("the log line of this request")
# The socket's folder is passed by asyncpg's own DSN, because SQLAlchemy's URLs cannot express it.
_CONNECT = {"dsn": dsn(), "server_settings": BOUNDS, "command_timeout": COMMAND_TIMEOUT}

engine = create_async_engine("postgresql+asyncpg://", pool_size=POOL_SIZE, max_overflow=0, connect_args=_CONNECT)
sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(engine, expire_on_commit=False)


@event.listens_for(engine.sync_engine, "before_cursor_execute")
def _count(*_: Any) -> None:
    LINE.get().statements += 1


def note(info: strawberry.Info[Any, Any], *, signed_in: bool) -> None:
    """Record a fact for the log line that only a resolver knows."""
    line = LINE.get()
    line.signed_in, line.operation = signed_in, info.operation.name.value if info.operation.name else None


class RequestLog:
    """ASGI middleware that writes each request's line and adds the headers of our own responses."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        line = RequestLine()
        token = LINE.set(line)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                line.status = message["status"]
                message["headers"] = [*message["headers"], *line.headers()]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            LINE.reset(token)
            line.write(scope)


def application(view: ASGIApp) -> Starlette:
    """Return the application with that view at `/graphql`."""
    return Starlette(routes=[Route("/graphql", view)], middleware=[Middleware(RequestLog)], lifespan=_lifespan)


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    yield
    await engine.dispose()
