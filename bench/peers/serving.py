"""Serves a Python peer like our own server: one process, uvloop, httptools, the same log, frozen garbage collector."""

import os

import uvicorn
from starlette.applications import Starlette

from server.config.logging import configure_logging
from server.config.settings import Settings
from server.uvicorn_patches.server import AccountServer

POOL_SIZE = 10


def dsn() -> str:
    """Return the address of the measured database."""
    return os.environ["DATABASE_URL"]


def serve(app: Starlette, server: type[uvicorn.Server] = AccountServer) -> None:
    """Serve until SIGTERM on the port in the environment, by our own server class or another."""
    configure_logging(Settings())
    config = uvicorn.Config(
        app,
        port=int(os.environ["OMAPOSTI_PORT"]),
        loop="uvloop",
        http="httptools",
        ws="none",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
    )
    server(config).run()
