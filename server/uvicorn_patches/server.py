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

DRAIN = 8  # seconds for running requests at SIGTERM; the rest of the ten is for closing the database
GC_THRESHOLD = 20_000  # allocations; objects of a request are freed long before, by reference count


class AccountServer(uvicorn.Server):
    """Server that excludes the objects loaded at start from garbage collection."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then freeze: scanning permanent objects would take a sixth of the time of a long response."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD)


def serve(app: Starlette, settings: Settings, listeners: list[socket.socket]) -> None:
    """Serve until SIGINT or SIGTERM; running requests are answered first."""
    server = AccountServer(server_config(app, settings))
    server.run(listeners)
    if not server.started:
        raise CommandFailedError("the server did not start; the log says why")


def server_config(app: Starlette, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's configuration: without a Server header, and without trust in proxy headers."""
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
