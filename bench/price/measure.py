"""The measures of the price list: instructions, system calls, processor time and memory of one server."""

import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import asyncpg

from bench import questions
from bench.database import FOLDER
from bench.price.conversation import Conversation, request
from bench.price.without import COUNTED as COUNTED_BY_CALLGRIND
from bench.servers import BenchError, Recipe, Running, await_listening, started

ME, LIST = "me", "list"
ASKED = {ME: questions.me(3), LIST: questions.members()}
REQUESTS = {key: [request(each) for each in asked[:8]] for key, asked in ASKED.items()}
WARM_UP = 24  # requests; the second of a document compiles it, and each connection prepares its statements
COUNTED = {ME: 150, LIST: 40}  # requests under callgrind, of which one takes up to 60 ms there
STARTS = 4
CHUNKS = 16  # of processor time, in turn with those of the server as it is
CHUNK = {ME: 100, LIST: 40}  # requests of one


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one request."""

    instructions: float
    system_calls: float


@dataclass(frozen=True, slots=True)
class Spent:
    """Times as much processor time as the server as it is, of the server and of PostgreSQL."""

    server: dict[str, float]
    postgres: dict[str, float]


@dataclass(frozen=True, slots=True)
class Idle:
    """Processor time of a start, and MB occupied after the first answer: the least of several starts."""

    seconds: float
    megabytes: float


def recipe(switch: str, *before: str) -> Recipe:
    """Return how our server is started with a switch, under the command `before` if one is given."""
    command = (*before, sys.executable, "-m", "bench.price.without", switch, "serve")
    return Recipe(switch, switch, command, {"PYTHONHASHSEED": "0"})


async def keep_sessions_touched(dsn: str) -> None:
    """Date the last use of every session ahead; a session that is noted as used costs a statement more."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "UPDATE sessions SET last_seen_at = now() + interval '7 days' WHERE last_seen_at < now()"
        )
    finally:
        await connection.close()


def costs(switch: str, dsn: str) -> dict[str, Cost]:
    """Count the instructions and the system calls of a request; start-up is not counted."""
    with tempfile.TemporaryDirectory() as folder, _counting(switch, dsn, Path(folder)) as server:
        instructions = {key: _instructions(server, key, Path(folder)) for key in REQUESTS}
    with started(recipe(switch), {"DATABASE_URL": dsn}) as server:
        return {key: Cost(instructions[key], _system_calls(server, key)) for key in REQUESTS}


def spent(switch: str, dsn: str) -> Spent:
    """Compare processor times, chunk by chunk in turn, with a server that is as it is."""
    at = {"DATABASE_URL": dsn}
    with started(recipe("nothing"), at) as usual, started(recipe(switch), at) as other:
        server: dict[str, float] = {}
        postgres: dict[str, float] = {}
        for key in REQUESTS:
            pairs = [_pair(usual, other, key, switched_first=number % 2 == 0) for number in range(CHUNKS)]
            server[key] = median(after[0] / before[0] for before, after in pairs[1:])
            postgres[key] = median(after[1] / before[1] for before, after in pairs[1:])
        return Spent(server, postgres)


def idle(switch: str, dsn: str) -> Idle:
    """Start a server several times, and ask it once each time."""
    starts = []
    for _ in range(STARTS):
        with started(recipe(switch), {"DATABASE_URL": dsn}) as server:
            server.ask(questions.me(3)[0])
            starts.append((server.cpu_seconds(), server.resident_megabytes()))
    return Idle(min(seconds for seconds, _ in starts), min(megabytes for _, megabytes in starts))


def _pair(usual: Running, other: Running, key: str, *, switched_first: bool) -> tuple[tuple[float, float], ...]:
    if switched_first:
        after = _chunk(other, key)
        return _chunk(usual, key), after
    return _chunk(usual, key), _chunk(other, key)


def _chunk(server: Running, key: str) -> tuple[float, float]:
    """Return the nanoseconds of the server and of its connections' PostgreSQL for one chunk."""
    with Conversation(server) as conversation:
        conversation.ask(REQUESTS[key], len(REQUESTS[key]))
        before = _nanoseconds(server.process.pid), _nanoseconds(*_backends())
        conversation.ask(REQUESTS[key], CHUNK[key])
        after = _nanoseconds(server.process.pid), _nanoseconds(*_backends())
    return after[0] - before[0], after[1] - before[1]


def _nanoseconds(*processes: int) -> int:
    threads = (thread for process in processes for thread in Path(f"/proc/{process}/task").iterdir())
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads)


def _backends() -> list[int]:
    """Return the processes of the measured PostgreSQL that serve connections, as their titles tell."""
    postmaster = int((FOLDER / "postgres" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    titles = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    return [child for child, title in titles.items() if title.startswith(b"postgres: omaposti ")]


@contextmanager
def _counting(switch: str, dsn: str, folder: Path) -> Iterator[Running]:
    command = ("valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/counted")
    with started(recipe(switch, *command), {"DATABASE_URL": dsn, COUNTED_BY_CALLGRIND: "1"}) as server:
        await_listening(server)
        with Conversation(server) as conversation:
            for requests in REQUESTS.values():
                conversation.ask(requests, WARM_UP)
        _control(server, "--instr=on")
        yield server


def _instructions(server: Running, key: str, folder: Path) -> float:
    with Conversation(server) as conversation:
        conversation.ask(REQUESTS[key], 8)
        _control(server, "--zero")
        conversation.ask(REQUESTS[key], COUNTED[key])
        _control(server, "--dump")
    dumped = max(folder.glob("counted.*"), key=lambda path: int(path.suffix[1:]))
    total = re.search(r"^(?:summary|totals): (\d+)", dumped.read_text(), re.MULTILINE)
    if total is None:
        raise BenchError("callgrind counted nothing; is valgrind installed?")
    return int(total[1]) / COUNTED[key]


def _control(server: Running, command: str) -> None:
    subprocess.run(["callgrind_control", command, str(server.process.pid)], check=True, capture_output=True)


def _system_calls(server: Running, key: str) -> float:
    with Conversation(server) as conversation, tempfile.NamedTemporaryFile() as table:
        conversation.ask(REQUESTS[key], WARM_UP)
        command = ["strace", "-f", "-c", "-o", table.name, "-p", str(server.process.pid)]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as strace:
            assert strace.stderr is not None
            strace.stderr.readline()  # it says that it is attached
            time.sleep(0.1)  # also to the other threads
            conversation.ask(REQUESTS[key], COUNTED[key])
            strace.send_signal(signal.SIGINT)
        rows = [line.split() for line in Path(table.name).read_text().splitlines()]
    # Columns: share, seconds, microseconds a call, calls, perhaps errors, name.
    return sum(int(row[3]) for row in rows if row[-1:] not in ([], ["total"]) and row[0][0].isdigit()) / COUNTED[key]
