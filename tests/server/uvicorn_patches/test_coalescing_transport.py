"""Head and body of a response are one segment; a head without an immediate body is not delayed."""

import socket
import struct
from urllib.parse import urlsplit

import pytest

SEGMENTS_IN = 152  # offset in Linux's tcp_info of the number of received data segments (tcpi_data_segs_in)
PATIENCE = 5.0  # seconds
QUERY = b'{"query": "{ me { id } }"}'
POST = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(QUERY)


@pytest.fixture
def caller(url: str) -> socket.socket:
    address = urlsplit(url)
    assert address.port is not None
    return socket.create_connection((address.hostname, address.port), timeout=PATIENCE)


def segments_in(caller: socket.socket) -> int:
    """Return the number of data segments received on a connection."""
    told = caller.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, SEGMENTS_IN + 4)
    return int(struct.unpack_from("=I", told, SEGMENTS_IN)[0])


def until(caller: socket.socket, end: bytes) -> bytes:
    """Return the bytes received up to this end; raises TimeoutError when it does not come."""
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


def test_head_without_a_body_is_sent_at_once_and_in_order(caller: socket.socket) -> None:
    with caller:
        caller.sendall(b"HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert until(caller, b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
        caller.sendall(b"HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * 2 + POST + QUERY)
        heads = until(caller, b"}").split(b"HTTP/1.1 ")[1:]
    assert [head.rstrip().endswith(b"}") for head in heads] == [False, False, True]


def test_100_continue_is_sent_before_the_answer(caller: socket.socket) -> None:
    with caller:
        caller.sendall(POST.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
        assert until(caller, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        caller.sendall(QUERY)
        assert until(caller, b"}").startswith(b"HTTP/1.1 200 ")


def test_buffered_head_is_sent_before_a_close(caller: socket.socket) -> None:
    with caller:
        caller.sendall(b"HEAD /healthz HTTP/1.0\r\n\r\n")
        assert caller.recv(65_536).startswith(b"HTTP/1.1 200 ")
        assert caller.recv(1) == b""
