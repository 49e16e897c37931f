"""What only a real socket shows: slow and silent callers, endless bodies, callers who hang up, a database that goes."""

import asyncio
import time
from collections.abc import Callable, Iterator

import asyncpg
import httpx
import pytest

from server.app import create_app
from server.settings import Settings
from tests.server.database_line import DatabaseLine
from tests.server.running import conversation, running
from tests.server.trying_schema import ENDED, TRYING_SCHEMA

PATIENCE = 1.0  # seconds
POST = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def port(dsn: str, trying_settings: Settings) -> Iterator[int]:
    settings = trying_settings.model_copy(update={"slow_caller_timeout": PATIENCE, "operation_timeout": 5.0})
    with running(create_app(settings, dsn, TRYING_SCHEMA), settings) as port:
        yield port


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"POST /graphql HTTP/1.1\r\n", b"Host: a\r\n"],
        [b"GET /healthz HTTP/1.1\r\nHost: a\r\n", *[b"X-More: a\r\n"] * 8],
        [b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", *[b"G", b"E", b"T", b" "] * 2],
        [b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 8],
    ],
    ids=["silent", "headers cut off", "headers in drops", "second headers in drops", "unread body in drops"],
)
async def test_a_slow_or_silent_caller_is_let_go_of(port: int, parts: list[bytes]) -> None:
    began = time.monotonic()
    await asyncio.to_thread(conversation, port, *parts, pause=0.2)
    assert PATIENCE * 0.9 < time.monotonic() - began < PATIENCE * 3


@pytest.mark.parametrize("length", [b"Content-Length: 1000", b"Transfer-Encoding: chunked"])
async def test_a_slow_body_is_answered_408(port: int, length: bytes) -> None:
    parts = [POST + length + b"\r\n\r\n", *[b"1\r\n{\r\n"] * 8]
    answer = await asyncio.to_thread(conversation, port, *parts, pause=0.2)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"BODY_TIMEOUT" in answer


async def test_endless_headers_are_cut_off(port: int) -> None:
    parts = [b"GET /healthz HTTP/1.1\r\n", *[b"X-More: " + b"a" * 8000 + b"\r\n"] * 40]
    assert await asyncio.to_thread(conversation, port, *parts, pause=0.005) == b""


async def test_a_chunked_body_is_capped_on_the_stream(port: int) -> None:
    chunk = b"2000\r\n" + b" " * 0x2000 + b"\r\n"
    answer = await asyncio.to_thread(conversation, port, POST + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 400)
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_body_of_20_megabytes_is_refused(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        body = b'{"query": "' + b" " * 20_000_000 + b'"}'
        response = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == 413


async def test_it_does_not_name_its_make_and_keeps_the_connection(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=httpx.Limits(max_connections=1)) as client:
        for _ in range(20):
            response = await client.post("/graphql", json={"query": "{ one }"})
            assert response.json() == {"data": {"one": 1}}
            assert "server" not in response.headers
            assert "connection" not in response.headers


@pytest.mark.parametrize(
    ("operation", "ended"),
    [
        ('{ slow(seconds: 1.5, name: "query") }', ["query stopped"]),
        ('mutation { slow(seconds: 0.8, name: "deed") }', ["deed"]),
    ],
)
async def test_a_caller_who_hangs_up_stops_a_query_but_not_a_mutation(
    port: int, operation: str, ended: list[str]
) -> None:
    ENDED.clear()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=0.4) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/graphql", json={"query": operation})
    await until(lambda: ended == ENDED, seconds=1.2)


async def test_hundreds_who_hang_up_leave_the_pool_whole(port: int, dsn: str) -> None:
    async def hang_up(after: float) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=after) as client:
            try:
                await client.post("/graphql", json={"query": "{ slow(seconds: 0.3) one }"})
            except httpx.TimeoutException:
                return

    for _ in range(2):
        await asyncio.gather(*(hang_up(0.01 + n * 0.005) for n in range(40)))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answers = await asyncio.gather(*(client.post("/graphql", json={"query": "{ one }"}) for _ in range(20)))
    assert [answer.json() for answer in answers] == [{"data": {"one": 1}}] * 20
    connection = await asyncpg.connect(dsn)
    try:
        stuck = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE '%transaction%'"
        )
        assert await connection.fetchval(stuck) == 0
    finally:
        await connection.close()


async def test_it_starts_without_the_database_and_serves_when_that_comes_and_comes_back(
    dsn: str, trying_settings: Settings
) -> None:
    line = DatabaseLine(dsn)
    address = await line.open()
    await line.cut()
    with running(create_app(trying_settings, address, TRYING_SCHEMA), trying_settings) as port:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            for _ in range(2):
                assert (await client.post("/graphql", json={"query": "{ one }"})).status_code == 503
                assert (await client.get("/readyz")).status_code == 503
                assert (await client.get("/healthz")).status_code == 200
                await line.open()
                assert (await client.post("/graphql", json={"query": "{ one }"})).json() == {"data": {"one": 1}}
                assert (await client.get("/readyz")).status_code == 200
                await line.cut()


async def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until the condition holds, failing after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.01)
