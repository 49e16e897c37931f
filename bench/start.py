"""Duration of a start on an existing, stopped database, and the memory of the idle server."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from urllib.error import URLError

from bench import questions
from bench.database import FOLDER
from bench.servers import OURS, PATIENCE, BenchError, Running, spawned

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until the first answer from the database, and MB of memory at that time."""

    seconds: float
    megabytes: float


def measure_start(tick: Callable[[], None]) -> Start:
    """Start the server with its embedded database, ROUNDS times; no other process may be using that database."""
    starts = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with spawned(OURS, {"OMAPOSTI_DATA_DIR": str(FOLDER)}) as server:
            _await_answer(server)
            starts.append(Start(time.perf_counter() - began, server.resident_megabytes()))
        tick()
    return Start(median(start.seconds for start in starts), median(start.megabytes for start in starts))


def _await_answer(server: Running) -> None:
    deadline = time.monotonic() + PATIENCE
    question = questions.me(3)[0]
    while time.monotonic() < deadline:
        try:
            if server.ask(question).body.get("data"):
                return
        except URLError:
            time.sleep(0.01)
    raise BenchError("our own server did not answer; run `omaposti serve` to see why")
