"""Limits on WebSocket control frames and fragments, and on data for a client that does not read."""

import asyncio
from collections.abc import Iterator

import pytest
from websockets.frames import Frame, Opcode

from server.uvicorn_patches.websocket_protocol import MOST_CONTROL_FRAMES, MOST_FRAGMENTS, MOST_QUEUED
from tests.server.cli.served_process import MEGABYTE, ServedProcess, everything, served_process
from tests.server.websocket.socket_client import opened

GROWTH = 30 * MEGABYTE
SLOW_READER = 1.0  # seconds
OPENING = (
    b"GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Key: " + b"a" * 22 + b"==\r\n\r\n"
)


@pytest.fixture(scope="module")
def server(dsn: str) -> Iterator[ServedProcess]:
    with served_process(dsn, socket_limits={"slow_reader": SLOW_READER}) as server:
        server.flood(b"GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"", 0)
        yield server


def frame(opcode: Opcode, data: bytes = b"", *, fin: bool = True) -> bytes:
    """Return a frame as a client sends it."""
    return Frame(opcode, data, fin).serialize(mask=True)


BEGUN = frame(Opcode.TEXT, b'{"type":"connection_init"}')
FLOODS = {
    "pings": (b"", frame(Opcode.PING, b"a" * 125) * 1000),
    "small pings": (b"", frame(Opcode.PING) * 10_000),
    "pings after init": (BEGUN, frame(Opcode.PING, b"a" * 125) * 1000),
    "pongs": (BEGUN, frame(Opcode.PONG, b"a" * 125) * 1000),
    "empty fragments": (BEGUN + frame(Opcode.TEXT, fin=False), frame(Opcode.CONT, fin=False) * 10_000),
    "pings of the protocol": (BEGUN, frame(Opcode.TEXT, b'{"type":"ping"}') * 5_000),
}


@pytest.mark.parametrize("which", FLOODS)
def test_flood_of_frames_unread_is_cut_off_in_little_memory(server: ServedProcess, which: str) -> None:
    head, flood = FLOODS[which]
    server.forget_peak()
    before = server.peak()
    with server.connect(window=4096) as client:
        client.sendall(OPENING)
        assert client.recv(12) == b"HTTP/1.1 101"
        sent = 0
        with pytest.raises(ConnectionError):
            client.sendall(head)
            while sent < 100 * MEGABYTE:
                client.sendall(flood)
                sent += len(flood)
        assert server.peak() - before < GROWTH


TOO_MANY = {
    "pings": frame(Opcode.PING) * (MOST_CONTROL_FRAMES + 1),
    "pongs": frame(Opcode.PONG) * (MOST_CONTROL_FRAMES + 1),
    "fragments": frame(Opcode.TEXT, fin=False) + frame(Opcode.CONT, fin=False) * MOST_FRAGMENTS,
    "messages": frame(Opcode.TEXT, b'{"type":"pong"}') * (MOST_QUEUED + 200),
}


@pytest.mark.parametrize("which", TOO_MANY)
def test_too_many_frames_close_the_socket_with_a_reason(server: ServedProcess, which: str) -> None:
    with server.connect() as client:
        client.sendall(OPENING)
        client.recv(65_536)
        client.sendall(TOO_MANY[which])
        said = everything(client)
    assert b"\x03\xf0Too many " in said  # 1008


async def test_some_pings_and_fragments_are_accepted(server: ServedProcess) -> None:
    async with opened(server.url) as socket:
        await socket.begin()
        for _ in range(100):
            await (await socket.connection.ping())
            await socket.connection.pong()
        await socket.connection.send(['{"id": "q", "type": "subscribe", "payload": ', '{"query": "{ nothing }"}', "}"])
        assert (await socket.hear())["payload"] == {"data": {"nothing": None}}


async def test_a_client_that_reads_again_is_read_again(server: ServedProcess) -> None:
    async with opened(server.url, max_queue=1) as socket:
        await socket.begin()
        await socket.subscribe("subscription { flood }")
        await asyncio.sleep(SLOW_READER / 2)  # pauses reading, so that the server pauses as well
        await socket.say({"type": "ping"}, {"id": "1", "type": "complete"})
        kinds = []
        while "pong" not in kinds:
            kinds.append((await socket.hear())["type"])
