"""Load generator for machines without wrk: python -m bench.python_load URL QUESTIONS PAUSE SECONDS CONNECTIONS.

It uses more of the machine than wrk, so measured differences between servers are smaller than the real ones.
"""

import asyncio
import json
import random
import sys
import time
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

END_OF_HEADERS = b"\r\n\r\n"


class Asker:
    """Asks prepared questions in turn until the time is over."""

    def __init__(self, url: str, questions: Path, pause: int) -> None:
        parts = urlsplit(url)
        self._address = str(parts.hostname), int(parts.port or 80)
        lines = questions.read_bytes().splitlines()
        pairs = zip(lines[::2], lines[1::2], strict=True)
        self._requests = cycle([_request(parts.path, authorization, body) for authorization, body in pairs])
        self._pause = pause / 1000
        self.latencies: list[float] = []
        self.refused = 0

    async def ask_until(self, end: float) -> None:
        """Ask on one connection, each question after the previous answer (and after the pause, if any)."""
        reader, writer = await asyncio.open_connection(*self._address)
        while time.perf_counter() < end:
            if self._pause:
                await asyncio.sleep(random.uniform(0, 2 * self._pause))
            began = time.perf_counter()
            writer.write(next(self._requests))
            await self._read(reader)
            self.latencies.append((time.perf_counter() - began) * 1000)
        writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        head = (await reader.readuntil(END_OF_HEADERS)).lower()
        self.refused += not head.startswith(b"http/1.1 2")
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)


def _request(path: str, authorization: bytes, body: bytes) -> bytes:
    sender = b"Authorization: " + authorization + b"\r\n" if authorization else b""
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" % path.encode()
    return head + sender + b"Content-Length: %d" % len(body) + END_OF_HEADERS + body


async def _load(asker: Asker, seconds: int, connections: int) -> dict[str, float]:
    began = time.perf_counter()
    await asyncio.gather(*(asker.ask_until(began + seconds) for _ in range(connections)))
    spent = time.perf_counter() - began
    ordered = sorted(asker.latencies)
    p50, p99 = (ordered[int(len(ordered) * part)] for part in (0.5, 0.99))
    seen = {"requests": len(ordered), "seconds": spent, "p50": p50, "p99": p99}
    return {**seen, "refused": asker.refused, "broken": 0}


if __name__ == "__main__":
    url, questions, *numbers = sys.argv[1:]
    pause, seconds, connections = map(int, numbers)
    print(json.dumps(uvloop.run(_load(Asker(url, Path(questions), pause), seconds, connections))))
