"""Limits on all bytes outside bodies: memory stays small, and no connection is held for ever."""

import json
import re
import time
from collections.abc import Iterator

import pytest

from server.uvicorn_patches.http_protocol import LARGEST_HEADERS, MOST_WAITING
from server.uvicorn_patches.request_head import MOST_HEADERS
from tests.server.cli.served_process import MEGABYTE, ServedProcess, served_process

PATIENCE = 2.0  # seconds that the server waits for slow callers
GROWTH = 30 * MEGABYTE  # a connection may cost 64 KB of headers and what one read of 256 KB holds
POST = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
QUERY = b'{"query": "{ one }"}'
SENT = CHUNKED + b"%x\r\n%s\r\n0\r\n" % (len(QUERY), QUERY)
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
SLOW = b"GET /graphql?query=%7Bslow(seconds%3A2)%7D HTTP/1.1\r\nHost: a\r\n\r\n"
HANDSHAKE = b"GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"


@pytest.fixture(scope="module")
def server(dsn: str) -> Iterator[ServedProcess]:
    with served_process(dsn, slow_caller_timeout=PATIENCE) as server:
        server.flood(HEALTH + b"Connection: close\r\n\r\n", b"", 0)  # loads lazily imported modules
        yield server


def statuses(answers: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)


FLOODS = {
    "trailer lines": (SENT, b"X: 1\r\n" * 20_000, 540, [b"431"]),
    "one trailer line": (SENT + b"X: ", b"a" * MEGABYTE, 300, [b"431"]),
    "a chunk extension": (CHUNKED + b"1;a=", b"a" * MEGABYTE, 300, [b"431"]),
    "extensions of many chunks": (CHUNKED, b"1;" + b"a" * 60 + b"\r\n \r\n", 100_000, [b"431"]),
    "header lines": (HEALTH, b"a:\r\n" * 60_000, 50, [b"431"]),
    "one header line": (HEALTH + b"X: ", b"a" * MEGABYTE, 50, [b"431"]),
    "a continued header": (HEALTH + b"X: 1", b"\r\n 1" * 60_000, 50, [b"400"]),
    "a request line": (b"GET /", b"a" * MEGABYTE, 50, [b"431"]),
    "empty lines before a request": (b"", b"\r\n" * 100_000, 50, [b"431"]),
    "headers behind a request under way": (SLOW + HEALTH, b"a:\r\n" * 60_000, 50, [b"200"]),
    "requests behind a request under way": (SLOW, (HEALTH + b"\r\n") * 30_000, 5, [b"200"] * (1 + MOST_WAITING)),
}


@pytest.mark.parametrize("which", FLOODS)
def test_flood_besides_a_body_is_refused_in_little_memory(server: ServedProcess, which: str) -> None:
    head, flood, times, answered = FLOODS[which]
    server.forget_peak()
    before = server.peak()
    assert statuses(server.flood(head, flood, times)) == answered
    assert server.peak() - before < GROWTH


def test_refusal_is_json_that_says_what_to_send(server: ServedProcess) -> None:
    head, _, body = server.flood(HEALTH + b"a: 1\r\n" * (MOST_HEADERS + 1) + b"\r\n", b"", 0).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 ")
    (error,) = json.loads(body)["errors"]
    assert error["extensions"]["code"] == "HEADERS_TOO_LARGE"
    assert f"x-request-id: {error['extensions']['requestId']}".encode() in head
    assert "send fewer and shorter headers" in error["message"]


ODD = {
    "extensions and trailers": b'%x;a="b"\r\n%s\r\n0;c\r\nX: 1\r\n\r\n' % (len(QUERY), QUERY),
    "chunks of a byte": b"".join(b"1\r\n%c\r\n" % byte for byte in QUERY) + b"0\r\n\r\n",
    "as much as is allowed": b"%x\r\n%s\r\n0\r\nX: %s\r\n\r\n" % (len(QUERY), QUERY, b"a" * (LARGEST_HEADERS - 1000)),
}


@pytest.mark.parametrize("which", ODD)
def test_chunked_body_with_little_around_it_is_read(server: ServedProcess, which: str) -> None:
    answer = server.flood(CHUNKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + ODD[which], b"", 0)
    assert answer.endswith(b'{"data":{"one":1}}')


@pytest.mark.parametrize("line", [b"Authorization: Bearer x", b"Accept-Language: sv"])
def test_trailer_is_never_taken_for_a_header(server: ServedProcess, line: bytes) -> None:
    head, body = CHUNKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), b'{"query": "{ language }"}'
    answer = server.flood(head + b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(body), body, line), b"", 0)
    assert answer.endswith(b'{"data":{"language":"fi"}}')


REFUSED_HANDSHAKES = {
    "an announced body": (b"Content-Length: 1000000000\r\n\r\n", b"400"),
    "a chunked body": (b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"400"),
    "a line too long for it": (b"X: " + b"a" * 9000 + b"\r\n\r\n", b"431"),
}


@pytest.mark.parametrize("which", REFUSED_HANDSHAKES)
def test_handshake_that_cannot_be_taken_is_refused_at_once(server: ServedProcess, which: str) -> None:
    rest, status = REFUSED_HANDSHAKES[which]
    assert statuses(server.flood(HANDSHAKE + rest, b"", 0)) == [status]


def test_handshake_behind_a_request_under_way_opens_no_socket(server: ServedProcess) -> None:
    asked = HANDSHAKE + b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n" % (b"a" * 22 + b"==")
    assert statuses(server.flood(SLOW + asked, b"", 0)) == [b"200"]


def test_request_after_a_refused_upgrade_to_http2_is_answered(server: ServedProcess) -> None:
    upgrade = b"Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
    with server.connect() as caller:
        for headers in (upgrade, b"\r\n", b"Connection: close\r\n\r\n"):
            caller.sendall(HEALTH + headers)
            answer = caller.recv(65_536)
            while not answer.endswith(b"}"):  # head and body are two segments
                answer += caller.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 200 ")


ECHOES = " ".join(f"a{n}: echo(text: $text, times: 3)" for n in range(15))
LARGE = json.dumps({"query": f"query($text: String!) {{ {ECHOES} }}", "variables": {"text": "a" * 110_000}}).encode()
ASKED = POST + b"Content-Length: %d\r\n\r\n" % len(LARGE) + LARGE
UNREAD = {
    "the only one": ASKED,
    "the last one": ASKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1),
    "one of several": ASKED * 4,
}


@pytest.mark.parametrize("which", UNREAD)
def test_unread_answer_is_dropped_after_a_time(server: ServedProcess, which: str) -> None:
    with server.connect(window=4096) as caller:
        caller.sendall(UNREAD[which])
        time.sleep(2 * PATIENCE)  # longer than the server waits for the caller
        deadline = time.monotonic() + PATIENCE
        with pytest.raises(ConnectionError):
            while time.monotonic() < deadline:
                caller.send(b"x")
                time.sleep(0.05)
