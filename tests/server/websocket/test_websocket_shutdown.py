"""A stopping server closes all sockets at once and ends within seconds (bug log B75, fault F2)."""

import asyncio
import signal
import subprocess
import sys
import time
from contextlib import AsyncExitStack

from tests.server.websocket.socket_client import Socket, opened

SERVER = """
import atexit, signal, socket, sys
from server.app import create_app
from server.uvicorn_patches.server import AccountServer, server_config
from server.config.settings import Settings
from tests.server.trying_schema import EVENTS, TRYING_SCHEMA

class Announced(AccountServer):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(sockets[0].getsockname()[1], flush=True)

settings = Settings(environment="development")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
atexit.register(lambda: print(EVENTS.count("silence stopped"), flush=True))
listener = socket.create_server(("127.0.0.1", 0))
Announced(server_config(create_app(settings, sys.argv[1], TRYING_SCHEMA), settings)).run([listener])
"""


async def with_twenty_subscriptions(socket: Socket) -> None:
    await socket.begin()
    for n in range(20):
        await socket.subscribe("subscription { silence }", str(n))
    for _ in range(20):
        assert (await socket.hear())["type"] == "next"


async def test_b75_a_hundred_subscriptions_end_with_the_server(dsn: str) -> None:
    command = [sys.executable, "-c", SERVER, dsn]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            port = int(await asyncio.to_thread(server.stdout.readline))
            async with AsyncExitStack() as stack:
                entering = (stack.enter_async_context(opened(f"http://127.0.0.1:{port}")) for _ in range(5))
                sockets = [await one for one in entering]
                await asyncio.gather(*map(with_twenty_subscriptions, sockets))
                began = time.monotonic()
                server.send_signal(signal.SIGTERM)
                assert await asyncio.gather(*(socket.closed() for socket in sockets)) == [1001] * 5
                assert await asyncio.to_thread(server.wait, 5) == 0
                assert time.monotonic() - began < 5
                assert server.stdout.read().splitlines()[-1] == "100", "every stream ran its last block"
        finally:
            server.kill()
