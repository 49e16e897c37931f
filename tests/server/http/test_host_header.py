"""A request without exactly one valid Host is refused (RFC 9112, section 3.2), because proxies interpret it
differently.
"""

import asyncio
import json
from collections.abc import Iterator

import pytest

from server.app import create_app
from server.config.settings import Settings
from tests.server.conftest import ORIGIN
from tests.server.serving import serving
from tests.server.trying_schema import TRYING_SCHEMA
from tests.server.websocket.conversation import conversation


@pytest.fixture(scope="module")
def url(dsn: str, trying_settings: Settings) -> Iterator[str]:
    with serving(create_app(trying_settings, dsn, TRYING_SCHEMA), trying_settings) as url:
        yield url


async def asked(url: str, *lines: bytes, version: bytes = b"1.1") -> tuple[int, bytes]:
    """Return status and body of the answer to a request with those header lines."""
    request = b"\r\n".join([b"GET /healthz HTTP/" + version, *lines, b"Connection: close", b"", b""])
    head, _, body = (await asyncio.to_thread(conversation, url, request)).partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body


REFUSED = {
    "none": [],
    "two": [b"Host: a", b"Host: b"],
    "the same twice": [b"Host: a", b"host: a"],
    "two in one": [b"Host: a, b"],
    "a path": [b"Host: a/b"],
    "a person": [b"Host: user@a"],
    "a port that is none": [b"Host: a:b"],
    "a bracket": [b"Host: ["],
    "a byte outside ASCII": [b"Host: \xff"],
}
PREFLIGHT = [b"Origin: " + ORIGIN.encode(), b"Access-Control-Request-Method: POST"]
HANDSHAKE = [b"Connection: upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13"]


@pytest.mark.parametrize("more", [[], PREFLIGHT, HANDSHAKE], ids=["request", "preflight", "handshake"])
@pytest.mark.parametrize("which", REFUSED)
async def test_request_without_one_valid_host_is_refused(url: str, which: str, more: list[bytes]) -> None:
    status, body = await asked(url, *REFUSED[which], *more)
    assert status == 400
    (error,) = json.loads(body)["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "Host" in error["message"]


async def test_second_host_is_refused_in_http_1_0(url: str) -> None:
    assert (await asked(url, b"Host: a", b"Host: b", version=b"1.0"))[0] == 400
    assert (await asked(url, version=b"1.0"))[0] == 200


async def test_host_is_required_again_after_a_request_of_http_1_0(url: str) -> None:
    asked = b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n"
    assert (await asyncio.to_thread(conversation, url, asked)).count(b" 200 OK") == 1


@pytest.mark.parametrize("host", ["a", "a.example:8000", "127.0.0.1:80", "[::1]:8000", "a_b.example", "", "ä.example"])
async def test_valid_host_is_answered(url: str, host: str) -> None:
    assert (await asked(url, b"Host: " + host.encode("idna" if host else "ascii")))[0] == 200
