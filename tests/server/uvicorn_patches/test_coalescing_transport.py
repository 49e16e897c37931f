"""An answer goes out whole, and one whose body does not follow at once is not kept back."""

import socket
import struct
from urllib.parse import urlsplit

import pytest

SEGMENTS_IN = 152  # bytes into Linux's tcp_info: how many segments with data in them have come (tcpi_data_segs_in)
PATIENCE = 5.0  # seconds
QUERY = b'{"query": "{ me { id } }"}'
POST = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(QUERY)


@pytest.fixture
def caller(url: str) -> socket.socket:
    address = urlsplit(url)
    assert address.port is not None
    return socket.create_connection((address.hostname, address.port), timeout=PATIENCE)


def segments_in(caller: socket.socket) -> int:
    """Return how many segments with data have come over a connection."""
    told = caller.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, SEGMENTS_IN + 4)
    return int(struct.unpack_from("=I", told, SEGMENTS_IN)[0])


def until(caller: socket.socket, end: bytes) -> bytes:
    """Return what comes until it ends so; raises TimeoutError when it never does."""
    came = b""
    while not came.endswith(end):
        came += caller.recv(65_536)
    return came


def test_head_and_body_are_one_segment(caller: socket.socket) -> None:
    with caller:
        for number in (1, 2, 3):
            caller.sendall(POST + QUERY)
            assert until(caller, b"}").startswith(b"HTTP/1.1 200 ")
            assert segments_in(caller) == number


def test_a_head_without_a_body_comes_at_once_and_in_its_turn(caller: socket.socket) -> None:
    with caller:
        caller.sendall(b"HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert until(caller, b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
        caller.sendall(b"HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * 2 + POST + QUERY)
        heads = until(caller, b"}").split(b"HTTP/1.1 ")[1:]
    assert [head.rstrip().endswith(b"}") for head in heads] == [False, False, True]


def test_a_call_for_the_body_comes_before_the_answer(caller: socket.socket) -> None:
    with caller:
        caller.sendall(POST.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
        assert until(caller, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        caller.sendall(QUERY)
        assert until(caller, b"}").startswith(b"HTTP/1.1 200 ")


def test_the_last_words_before_a_close_are_sent(caller: socket.socket) -> None:
    with caller:
        caller.sendall(b"HEAD /healthz HTTP/1.0\r\n\r\n")
        assert caller.recv(65_536).startswith(b"HTTP/1.1 200 ")
        assert caller.recv(1) == b""
