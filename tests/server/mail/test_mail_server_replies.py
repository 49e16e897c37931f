"""Endless or malformed replies of a mail server cost little memory, and no message is lost or sent twice."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from server.db.database import Database
from server.mail.transports import TransportUnavailableError
from tests.server.mail.messages import enqueued, statuses, worker_for

MEGABYTE = 1024 * 1024
FLOOD = 40 * MEGABYTE  # bytes of an endless reply
REPLIES = {
    "": b"220 mx.example\r\n",
    "EHLO": b"250 mx.example\r\n",
    "RSET": b"250 OK\r\n",
    "MAIL": b"250 OK\r\n",
    "RCPT": b"250 OK\r\n",
    "DATA": b"354 go on\r\n",
    ".": b"250 taken\r\n",
    "QUIT": b"221 bye\r\n",
}
ENDLESS = {"endless lines": b"250-x\r\n" * 10_000, "an endless line": b"2" * 100_000}
MALFORMED = {"no code": b"hello\r\n", "a code of no kind": b"999 x\r\n", "another success": b"299 x\r\n"}
# Status of a message after such a reply to this command; after DATA the server may have accepted it.
AFTERWARDS = {
    "": "WAITING",
    "EHLO": "WAITING",
    "MAIL": "WAITING",
    "RCPT": "WAITING",
    "DATA": "DOUBTFUL",
    ".": "DOUBTFUL",
}


@asynccontextmanager
async def mail_server_replying(to: str, reply: bytes, *, times: int = 1) -> AsyncIterator[str]:
    """Serve SMTP that answers one command with this reply, and yield the address."""

    async def say(writer: asyncio.StreamWriter, command: str) -> None:
        for _ in range(times if command == to else 1):
            writer.write(reply if command == to else REPLIES.get(command, b"500 unknown\r\n"))
            await writer.drain()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await say(writer, "")
            while line := await reader.readline():
                command = line[:4].strip().decode().upper()
                await say(writer, command)
                if command == "DATA":
                    await reader.readuntil(b"\r\n.\r\n")
                    await say(writer, ".")
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def became_of_message(database: Database, url: str) -> list[str]:
    """Send one message to that server, and return its status."""
    await enqueued(database)
    with suppress(TransportUnavailableError):
        await worker_for(database, url).drain()
    return await statuses(database)


@pytest.mark.parametrize("to", AFTERWARDS)
@pytest.mark.parametrize("reply", MALFORMED.values(), ids=MALFORMED)
async def test_malformed_reply_neither_loses_nor_repeats_a_message(database: Database, to: str, reply: bytes) -> None:
    async with mail_server_replying(to, reply) as url:
        assert await became_of_message(database, url) == [AFTERWARDS[to]]


@pytest.mark.parametrize("to", AFTERWARDS)
@pytest.mark.parametrize("piece", ENDLESS.values(), ids=ENDLESS)
async def test_endless_reply_costs_little_memory(database: Database, to: str, piece: bytes) -> None:
    async with mail_server_replying(to, piece, times=FLOOD // len(piece)) as url:
        tracemalloc.start()
        try:
            assert await became_of_message(database, url) == [AFTERWARDS[to]]
            assert tracemalloc.get_traced_memory()[1] < 8 * MEGABYTE
        finally:
            tracemalloc.stop()
