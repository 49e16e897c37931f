"""Load generation: by wrk, or slower and less precisely by Python if wrk is missing."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.questions import Question
from bench.servers import BenchError, Running

SCRIPT = Path(__file__).parent / "wrk" / "questions.lua"
CONNECTIONS = 32
LATEST_ANSWER = 60  # seconds; longer than any server here needs, so that slow answers are counted too


@dataclass(frozen=True, slots=True)
class Load:
    """Load settings: connections, and `pause`, the mean milliseconds between an answer and the next request."""

    seconds: int
    connections: int = CONNECTIONS
    pause: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """Result of one run of load; latencies in milliseconds, processor time of the server in microseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    refused: int
    cpu: float

    @property
    def rate(self) -> float:
        """Return the answered requests per second."""
        return self.requests / self.seconds


def generator() -> str:
    """Return the name of the load generator on this machine."""
    return "wrk" if shutil.which("wrk") else "a load generator in Python, because wrk is not installed"


@contextmanager
def prepared(questions: list[Question]) -> Iterator[Path]:
    """Keep these questions in a file for the generator inside the block."""
    lines = [line for each in questions for line in (each.headers.get("Authorization", ""), json.dumps(each.body))]
    with tempfile.NamedTemporaryFile("w", suffix=".questions") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        yield Path(file.name)


def measure(server: Running, questions: Path, load: Load, *, may_refuse: bool = False) -> Sample:
    """Run load against one server; raises BenchError for a missing answer, or a refused one unless `may_refuse`.

    A server that has not answered on every connection by the end gets more time; otherwise only fast answers count.
    """
    before = server.cpu_seconds()
    seen = _seen(server, questions, load)
    used = server.cpu_seconds() - before
    server.await_rest()  # requests left over would be processed during the next measurement
    if seen["requests"] < load.connections and not seen["broken"] and load.seconds < LATEST_ANSWER:
        return measure(server, questions, replace(load, seconds=load.seconds * 4), may_refuse=may_refuse)
    if seen["broken"] or (seen["refused"] and not may_refuse) or not seen["requests"]:
        raise BenchError(f"{server.recipe.title} left questions unanswered ({seen}); see its log")
    worked_on = seen["requests"] + load.connections / 2  # requests in progress at the end are half done on average
    cpu = used / worked_on * 1e6
    return Sample(seen["requests"], seen["seconds"], seen["p50"], seen["p99"], seen["refused"], cpu)


def _seen(server: Running, questions: Path, load: Load) -> dict[str, Any]:
    with begun(server, questions, load) as process:
        said, complaint = process.communicate()
    if process.returncode != 0 or not said.strip():
        raise BenchError(f"the load on {server.recipe.title} failed: {complaint.strip() or said.strip()}")
    return dict(json.loads(said.strip().splitlines()[-1]))


@contextmanager
def begun(server: Running, questions: Path, load: Load) -> Iterator["subprocess.Popen[str]"]:
    """Start load, and end it with the block at the latest."""
    given = [str(questions), str(load.pause)]
    if shutil.which("wrk"):
        size = ["-t1", f"-c{load.connections}", f"-d{load.seconds}s", "--latency", f"--timeout={LATEST_ANSWER}s"]
        command = ["wrk", *size, "-s", str(SCRIPT), server.url, "--", *given]
    else:
        numbers = [str(load.seconds), str(load.connections)]
        command = [sys.executable, "-m", "bench.python_load", server.url, *given, *numbers]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
