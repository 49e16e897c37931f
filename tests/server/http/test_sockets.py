"""Behaviour on real sockets: slow and silent callers, endless bodies, disconnects, outages of the database."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import asyncpg
import httpx
import pytest

from auth.tokens import TokenKind
from server.app import create_app
from server.config.settings import Settings
from tests.server.conftest import client_of
from tests.server.database_line import DatabaseLine
from tests.server.serving import serving
from tests.server.sessions import add_session
from tests.server.trying_schema import EVENTS, TRYING_SCHEMA
from tests.server.websocket.conversation import conversation

PATIENCE = 1.0  # seconds
POST = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def url(dsn: str, trying_settings: Settings) -> Iterator[str]:
    settings = replace(trying_settings, slow_caller_timeout=PATIENCE, operation_timeout=5.0)
    with serving(create_app(settings, dsn, TRYING_SCHEMA), settings) as url:
        yield url


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"POST /graphql HTTP/1.1\r\n", b"Host: a\r\n"],
        [b"GET /healthz HTTP/1.1\r\nHost: a\r\n", *[b"X-More: a\r\n"] * 8],
        [b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", *[b"G", b"E", b"T", b" "] * 2],
        [b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 8],
        [b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"],
    ],
    ids=[
        "silent",
        "headers cut off",
        "headers in drops",
        "second headers in drops",
        "unread body in drops",
        "silent after an answer",
    ],
)
async def test_slow_or_silent_caller_is_disconnected(url: str, parts: list[bytes]) -> None:
    began = time.monotonic()
    await asyncio.to_thread(conversation, url, *parts, pause=0.2)
    assert PATIENCE * 0.9 < time.monotonic() - began < PATIENCE * 3


async def test_pipelined_requests_are_answered_in_order(url: str) -> None:
    asked = b"".join(b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % path for path in (b"healthz", b"nowhere", b"healthz"))
    answers = await asyncio.to_thread(conversation, url, asked, pause=0.2)
    assert [answer[:3] for answer in answers.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404", b"200"]


@pytest.mark.parametrize("length", [b"Content-Length: 1000", b"Transfer-Encoding: chunked"])
async def test_a_slow_body_is_answered_408(url: str, length: bytes) -> None:
    parts = [POST + length + b"\r\n\r\n", *[b"1\r\n{\r\n"] * 8]
    answer = await asyncio.to_thread(conversation, url, *parts, pause=0.2)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"BODY_TIMEOUT" in answer


async def test_endless_headers_are_cut_off(url: str) -> None:
    parts = [b"GET /healthz HTTP/1.1\r\n", *[b"X-More: " + b"a" * 8000 + b"\r\n"] * 40]
    assert (await asyncio.to_thread(conversation, url, *parts, pause=0.005)).startswith(b"HTTP/1.1 431 ")


async def test_a_chunked_body_is_capped_on_the_stream(url: str) -> None:
    chunk = b"2000\r\n" + b" " * 0x2000 + b"\r\n"
    answer = await asyncio.to_thread(conversation, url, POST + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 400)
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_body_of_20_megabytes_is_refused(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        body = b'{"query": "' + b" " * 20_000_000 + b'"}'
        response = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == 413


async def test_answer_has_no_server_header_and_keeps_the_connection(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, limits=httpx.Limits(max_connections=1)) as client:
        for _ in range(20):
            response = await client.post("/graphql", json={"query": "{ one }"})
            assert response.json() == {"data": {"one": 1}}
            assert "server" not in response.headers
            assert "connection" not in response.headers


@pytest.mark.parametrize(
    ("operation", "events"),
    [
        ('{ slow(seconds: 1.5, name: "query") }', ["query began", "query stopped"]),
        ('mutation { slow(seconds: 0.8, name: "action") }', ["action began", "action ended"]),
    ],
)
async def test_a_caller_who_hangs_up_stops_a_query_but_not_a_mutation(
    url: str, operation: str, events: list[str]
) -> None:
    EVENTS.clear()
    async with httpx.AsyncClient(base_url=url, timeout=0.4) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/graphql", json={"query": operation})
    await until(lambda: events == EVENTS, seconds=1.2)


@pytest.mark.parametrize("count", [200, pytest.param(2_000, marks=pytest.mark.long)])
async def test_b66_hundreds_of_disconnects_leave_the_pool_complete(url: str, dsn: str, count: int) -> None:
    chance = random.Random(count)

    async def hang_up() -> None:
        with contextlib.suppress(httpx.TimeoutException):
            await client.post("/graphql", json={"query": "{ slow(seconds: 0.3) one }"}, timeout=chance.random() / 20)

    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(count // 40):
            await asyncio.gather(*(hang_up() for _ in range(40)))
        answers = await asyncio.gather(*(client.post("/graphql", json={"query": "{ one }"}) for _ in range(20)))
    assert [answer.json() for answer in answers] == [{"data": {"one": 1}}] * 20
    connection = await asyncpg.connect(dsn)
    others = "datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    busy = f"SELECT count(*) FROM pg_stat_activity WHERE {others} AND state <> 'idle'"
    try:
        async with asyncio.timeout(5):
            while await connection.fetchval(busy):  # noqa: ASYNC110 - the database has no event for it
                await asyncio.sleep(0.01)
    finally:
        await connection.close()


async def test_server_starts_and_recovers_without_its_database(dsn: str, trying_settings: Settings) -> None:
    line = DatabaseLine(dsn)
    address = await line.open()
    await line.cut()
    with serving(create_app(trying_settings, address, TRYING_SCHEMA), trying_settings) as url:
        async with httpx.AsyncClient(base_url=url) as client:
            for _ in range(2):
                assert (await client.post("/graphql", json={"query": "{ one }"})).status_code == 503
                assert (await client.get("/readyz")).status_code == 503
                assert (await client.get("/healthz")).status_code == 200
                await line.open()
                assert (await client.post("/graphql", json={"query": "{ one }"})).json() == {"data": {"one": 1}}
                assert (await client.get("/readyz")).status_code == 200
                await line.cut()


async def test_b74_the_first_request_after_a_restart_of_the_database_is_answered(
    dsn: str, trying_settings: Settings
) -> None:
    line, token = DatabaseLine(dsn), await add_session(dsn, TokenKind.ACCESS)
    async with client_of(create_app(trying_settings, await line.open(), TRYING_SCHEMA)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        for _ in range(3):
            answers = await asyncio.gather(*(client.post("/graphql", json={"query": "{ one }"}) for _ in range(8)))
            assert [answer.json() for answer in answers] == [{"data": {"one": 1}}] * 8
            await line.cut()
            await line.open()
            assert (await client.post("/graphql", json={"query": "{ one }"})).json() == {"data": {"one": 1}}
    await line.cut()


async def test_hung_database_is_answered_by_the_deadline(dsn: str, trying_settings: Settings) -> None:
    line, token = DatabaseLine(dsn), await add_session(dsn, TokenKind.ACCESS)
    async with client_of(create_app(trying_settings, await line.open(), TRYING_SCHEMA)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert (await client.post("/graphql", json={"query": "{ one }"})).json() == {"data": {"one": 1}}
        line.hold()
        responses = await asyncio.gather(*(client.post("/graphql", json={"query": "{ one }"}) for _ in range(20)))
        assert {response.status_code for response in responses} == {503}
        assert max(response.elapsed.total_seconds() for response in responses) < 1.5
        line.let_flow()
        assert (await client.post("/graphql", json={"query": "{ one }"})).json() == {"data": {"one": 1}}
    await line.cut()


async def test_a_request_under_way_is_answered_before_the_server_ends(dsn: str, trying_settings: Settings) -> None:
    EVENTS.clear()
    async with httpx.AsyncClient() as client:
        with serving(create_app(trying_settings, dsn, TRYING_SCHEMA), trying_settings) as url:
            body = {"query": 'mutation { slow(seconds: 0.5, name: "last") }'}
            answer = asyncio.create_task(client.post(f"{url}/graphql", json=body))
            await until(lambda: EVENTS == ["last began"], seconds=2)
        assert (await answer).json() == {"data": {"slow": "last"}}


async def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until the condition holds; fails after that many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.01)
