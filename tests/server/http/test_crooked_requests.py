"""Requests crafted so that a server misreads their path, headers or length."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

import httpx
import pytest

from auth.tokens import TokenKind
from server.app import create_app
from server.config.settings import Settings
from server.dev.link_pages import LINK_PAGES
from tests.server.serving import serving
from tests.server.sessions import add_session
from tests.server.trying_schema import TRYING_SCHEMA
from tests.server.websocket.conversation import conversation

CLOSE = b"Connection: close\r\n"


@pytest.fixture(scope="module")
def url(dsn: str, trying_settings: Settings) -> Iterator[str]:
    settings = replace(trying_settings, slow_caller_timeout=5.0, operation_timeout=5.0)
    with serving(create_app(settings, dsn, TRYING_SCHEMA), settings) as url:
        yield url


def get(path: bytes, host: bytes, *headers: bytes) -> bytes:
    lines = [b"GET " + path + b" HTTP/1.1", b"Host: " + host, *headers, CLOSE, b""]
    return b"\r\n".join(lines)


def status_and_body(answer: bytes) -> tuple[bytes, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b" ")[1], body


HOSTS = [b"x/public?", b"x#", b"x/healthz?", b"x/healthz#", b"x?", b"x/../..", b"@x", b"[", b"x:y", b"", b"\xff"]
VIEWER = b"/graphql?query={viewer}"
PATHS = [VIEWER, b"/graphql?query=mutation{dropCookie}", b"/admin", b"/healthz", *map(str.encode, LINK_PAGES)]


@pytest.mark.parametrize("host", HOSTS)
async def test_b58_host_does_not_change_the_path(url: str, host: bytes) -> None:
    for path in PATHS:
        plain, _ = status_and_body(await asyncio.to_thread(conversation, url, get(path, b"a")))
        bent, body = status_and_body(await asyncio.to_thread(conversation, url, get(path, host)))
        assert bent in {plain, b"400"}, (path, body)
        assert b"@example.com" not in body


@pytest.mark.parametrize(("host", "status"), [(b"x/public?", b"400"), (b"x#", b"400"), (b"public", b"401")])
async def test_b58_host_authenticates_no_request(url: str, dsn: str, host: bytes, status: bytes) -> None:
    dead = f"Authorization: Bearer {await add_session(dsn, TokenKind.COOKIE)}".encode()
    answer = await asyncio.to_thread(conversation, url, get(VIEWER, host, dead))
    assert status_and_body(answer)[0] == status


def test_b61_multipart_is_refused_unparsed() -> None:
    assert tuple(map(int, version("starlette").split(".")[:3])) >= (1, 3, 1)
    for name in ("python-multipart", "multipart"):
        with pytest.raises(PackageNotFoundError):
            version(name)


async def test_b61_a_flood_before_the_first_boundary_is_not_read(url: str) -> None:
    head = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    flood = b"Content-Length: 1000000000\r\n\r\n"
    began = time.monotonic()
    answer = await asyncio.to_thread(conversation, url, head + flood, *[b"\r\n" * 500_000] * 1000)
    assert time.monotonic() - began < 4
    assert answer.startswith((b"HTTP/1.1 415 ", b"HTTP/1.1 413 ")) or answer == b""
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.post("/graphql", json={"query": "{ one }"})).json() == {"data": {"one": 1}}


@pytest.mark.parametrize("path", ["/graphql", "/", "/dev/mailbox.css", "/dev/link_page.js"])
async def test_b61_ten_thousand_ranges_cost_nothing(url: str, path: str) -> None:
    ranges = "bytes=" + ",".join(f"{n}-" for n in range(10_000))
    async with httpx.AsyncClient(base_url=url, headers={"Accept": "text/html"}) as client:
        whole = await client.get(path)
        began = time.monotonic()
        answer = await client.get(path, headers={"Range": ranges})
    assert time.monotonic() - began < 1
    assert len(answer.content) <= len(whole.content) + 1000


async def test_b62_line_end_in_input_splits_no_response_header(url: str) -> None:
    split = "%0d%0aSet-Cookie:%20evil=1%0d%0a%0d%0a"
    headers = {"X-Request-Id": "a%0d%0aX-Evil: 1", "Origin": "https://a%0d%0aX-Evil: 1", "Accept-Language": "fi%0d%0a"}
    landing = next(iter(LINK_PAGES))
    async with httpx.AsyncClient(base_url=url) as client:
        for start in ("/graphql?query={nothing}&a=", f"{landing}?", "/", "/graphql"):
            path = start + split
            answer = await client.get(path, headers=headers)
            assert not {"set-cookie", "x-evil"} & set(answer.headers), path
            assert "evil" not in str(answer.headers).lower()


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\0"])
async def test_b62_bare_line_end_in_a_header_is_not_echoed(url: str, end: bytes) -> None:
    bent = b"X-Request-Id: a" + end + b"Set-Cookie: evil=1"
    answer = await asyncio.to_thread(conversation, url, get(b"/healthz", b"a", bent))
    assert b"evil" not in answer.partition(b"\r\n\r\n")[0]


async def test_b62_million_one_byte_chunks_end_at_the_body_limit(url: str) -> None:
    head = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    began = time.monotonic()
    answer = await asyncio.to_thread(conversation, url, head, *[b"1\r\n \r\n" * 10_000] * 100)
    assert time.monotonic() - began < 10
    assert answer.startswith(b"HTTP/1.1 413 ")


def nested(depth: int) -> dict[str, bytes]:
    """Return requests of that depth, for every nested construct."""
    lists, objects = "[" * depth + "]" * depth, "{a:" * depth + "1" + "}" * depth
    query = "query($v: String!) { echo(text: $v) }"
    return {
        "selections": json.dumps({"query": "{a" * depth + "}" * depth}).encode(),
        "inline fragments": json.dumps({"query": "{" + "...{" * depth + "nothing" + "}" * depth + "}"}).encode(),
        "lists": json.dumps({"query": f"{{ echo(text: {lists}) }}"}).encode(),
        "objects": json.dumps({"query": f"{{ echo(text: {objects}) }}"}).encode(),
        "types": json.dumps({"query": f"query($v: {'[' * depth}Int{']' * depth}) {{ nothing }}"}).encode(),
        "lists in variables": json.dumps({"query": query, "variables": {"v": "V"}}).replace('"V"', lists).encode(),
        "objects in variables": json.dumps({"query": query, "variables": "V"})
        .replace('"V"', '{"a":' * depth + "1" + "}" * depth)
        .encode(),
    }


@pytest.mark.parametrize("shape", nested(1))
@pytest.mark.parametrize("depth", [50, 500, 5_000, 20_000])
async def test_b60_depth_is_refused_and_never_overflows_the_stack(url: str, depth: int, shape: str) -> None:
    async with httpx.AsyncClient(base_url=url, headers={"Content-Type": "application/json"}) as client:
        answer = await client.post("/graphql", content=nested(depth)[shape])
        assert answer.status_code in {200, 400, 413}
        codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
        assert "INTERNAL" not in codes
        assert codes or (depth, shape) in {(50, "types"), (50, "inline fragments")}
        assert (await client.post("/graphql", json={"query": "{ nothing }"})).json() == {"data": {"nothing": None}}
