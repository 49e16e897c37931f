"""One connection to a server, on which prepared questions are asked one after the other."""

import json
import re
import socket
from types import TracebackType

from bench.questions import Question
from bench.servers import BenchError, Running

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"


class Conversation:
    """Asks on one connection that stays open."""

    def __init__(self, server: Running) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port))

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._socket.close()

    def ask(self, requests: list[bytes], count: int) -> None:
        """Ask so many times, the requests in turn; raises BenchError at the first that is refused."""
        for number in range(count):
            self._socket.sendall(requests[number % len(requests)])
            head, body = self._answer()
            if not head.startswith(b"HTTP/1.1 200 ") or b'"errors"' in body:
                raise BenchError(f"a question was refused: {head!r} {body[:200]!r}")

    def _answer(self) -> tuple[bytes, bytes]:
        came = self._socket.recv(65_536)
        while _END not in came:
            came += self._socket.recv(65_536)
        head, _, body = came.partition(_END)
        length = _LENGTH.search(head)
        assert length is not None
        while len(body) < int(length[1]):
            body += self._socket.recv(65_536)
        return head, body


def request(question: Question) -> bytes:
    """Return the bytes of a question's request."""
    body = json.dumps(question.body).encode()
    headers = {"Host": "localhost", **question.headers, "Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /graphql HTTP/1.1\r\n{lines}\r\n".encode() + body
