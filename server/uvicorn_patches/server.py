"""Starts and stops the HTTP server."""

import gc
import socket
from functools import partial
from math import ceil
from typing import cast

import uvicorn
from starlette.applications import Starlette

from server.config.errors import CommandFailedError
from server.config.settings import Settings
from server.uvicorn_patches.http_protocol import BoundedConnection
from server.uvicorn_patches.websocket_protocol import BoundedWebSocket

DRAIN = 8  # seconds for requests under way at SIGTERM; the rest of the ten goes to closing the database
GC_THRESHOLD = 20_000  # allocations; what a request makes is gone by reference count long before


class AccountServer(uvicorn.Server):
    """A server that takes what it loaded at start out of the garbage collector's rounds."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then freeze: a sixth of a long answer's time would go to looking at objects that never die."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD)


def serve(app: Starlette, settings: Settings, listeners: list[socket.socket]) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are answered first."""
    server = AccountServer(server_config(app, settings))
    server.run(listeners)
    if not server.started:
        raise CommandFailedError("the server did not start; the log says why")


def server_config(app: Starlette, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's configuration: no header that names us, no trust in what a proxy header says of the caller."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=cast(type[BoundedConnection], partial(BoundedConnection, headers_within=settings.slow_caller_timeout)),
        ws=cast(type[BoundedWebSocket], partial(BoundedWebSocket, slow_reader=settings.socket_limits.slow_reader)),
        ws_max_size=settings.socket_limits.message,
        ws_per_message_deflate=False,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=DRAIN,
        timeout_keep_alive=ceil(settings.slow_caller_timeout),  # no sooner than our own bound on an idle connection
    )
