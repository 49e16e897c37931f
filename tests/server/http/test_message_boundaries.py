"""Requests with an ambiguous end are refused (request smuggling; ASVS V4.2.1)."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from server.app import create_app
from server.config.settings import Settings
from tests.server.serving import serving
from tests.server.trying_schema import TRYING_SCHEMA
from tests.server.websocket.conversation import conversation

POST = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"0\r\n\r\n"
DISPUTED = {
    "length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED,
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + CHUNKED,
    "two lengths": b"Content-Length: 5\r\nContent-Length: 0\r\n\r\n" + CHUNKED,
    "two lengths in one": b"Content-Length: 5, 0\r\n\r\n" + CHUNKED,
    "no number": b"Content-Length: +5\r\n\r\n" + CHUNKED,
    "chunks but not last": b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKED,
    "chunks by another name": b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED,
    "space before the colon": b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKED,
    "a chunk of no number": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + CHUNKED,
    "a line folded": b"X-More: a\r\n Content-Length: 5\r\n\r\n" + CHUNKED,
}


@pytest.fixture(scope="module")
def url(dsn: str, trying_settings: Settings) -> Iterator[str]:
    settings = replace(trying_settings, slow_caller_timeout=1.0)
    with serving(create_app(settings, dsn, TRYING_SCHEMA), settings) as url:
        yield url


@pytest.mark.parametrize("rest", DISPUTED.values(), ids=DISPUTED)
async def test_bytes_after_an_ambiguous_end_are_not_answered(url: str, rest: bytes) -> None:
    answer = await asyncio.to_thread(conversation, url, POST + rest + HIDDEN)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "body", [b"Content-Length: 2\r\n\r\n{}", b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n" + CHUNKED]
)
async def test_request_after_a_clear_end_is_answered(url: str, body: bytes) -> None:
    answer = await asyncio.to_thread(conversation, url, POST + body + HIDDEN)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 200 ") == 1
