"""Many open sockets hardly slow down HTTP requests (fault F13)."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest

from server.app import create_app
from server.config.settings import Settings, SocketLimits
from tests.server.serving import serving
from tests.server.trying_schema import TRYING_SCHEMA
from tests.server.websocket.socket_client import opened

IDLE = 400  # both ends are in this process, each an open file
ASKED = 200


@pytest.mark.long
async def test_f13_hundreds_of_open_sockets_do_not_slow_requests(dsn: str, trying_settings: Settings) -> None:
    settings = replace(trying_settings, socket_limits=SocketLimits(per_address=IDLE))
    with serving(create_app(settings, dsn, TRYING_SCHEMA), settings) as url:
        async with AsyncExitStack() as stack, httpx.AsyncClient(base_url=url) as client:
            for n in range(IDLE):
                socket = await stack.enter_async_context(opened(url, ping_interval=None))
                await socket.begin()
                if n % 10 == 0:
                    await socket.subscribe("subscription { silence }")
            seconds = []
            for _ in range(ASKED):
                began = time.perf_counter()
                assert (await client.post("/graphql", json={"query": "{ one }"})).status_code == 200
                seconds.append(time.perf_counter() - began)
                await asyncio.sleep(0)
            async with opened(url) as socket:
                assert await socket.closed() == 4429
    assert sorted(seconds)[int(ASKED * 0.99) - 1] < 0.2
