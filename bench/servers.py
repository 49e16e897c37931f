"""Starts and stops the measured servers, and reads their cost from /proc."""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

from bench.questions import Question
from server.config.settings import Settings

PEERS = Path(__file__).parent / "peers"
MERCURIUS = PEERS / "mercurius"
PATIENCE = 30  # seconds for a server to start or stop
REST = 0.1  # seconds without a tick of processor time
TICK = 1 / os.sysconf("SC_CLK_TCK")
POOL_SIZE = "10"


class BenchError(Exception):
    """A measurement is impossible; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Command and environment that start one server."""

    key: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer to one question."""

    body: dict[str, Any]
    headers: Message  # looks names up in any case


@dataclass(frozen=True, slots=True)
class Running:
    """A running server."""

    recipe: Recipe
    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        """Return the address of its endpoint."""
        return f"http://127.0.0.1:{self.port}/graphql"

    def cpu_seconds(self) -> float:
        """Return the processor time of the process so far, including all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * TICK

    def await_rest(self) -> None:
        """Wait until the process is idle, at most PATIENCE seconds."""
        deadline = time.monotonic() + PATIENCE
        used = -1.0
        while used != (used := self.cpu_seconds()) and time.monotonic() < deadline:
            time.sleep(REST)

    def resident_megabytes(self) -> float:
        """Return the memory that the process occupies, in MB (10^6 bytes)."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def ask(self, question: Question) -> Answer:
        """Return the answer to one question, also if its status is an error."""
        request = urllib.request.Request(self.url, json.dumps(question.body).encode(), question.headers)  # noqa: S310 - our own server's address
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - as above
                return Answer(json.load(answer), answer.headers)
        except urllib.error.HTTPError as refusal:
            return Answer(json.load(refusal), refusal.headers)


def _python_peer(key: str, title: str) -> Recipe:
    return Recipe(key, title, (sys.executable, "-m", f"bench.peers.{key}"))


OMAPOSTI = (
    sys.executable,
    "-c",
    "from server.cli.main import run; run()",
)  # of this folder, independent of the installed package
OURS = Recipe("ours", "ours", (*OMAPOSTI, "serve"))
UNCOMPILED = Recipe("uncompiled", "ours, graphql-core executing", OURS.command, {"OMAPOSTI_COMPILE_DOCUMENTS": "0"})
HANDWRITTEN = _python_peer("handwritten", "hand-written endpoint")
ORDINARY = _python_peer("ordinary", "Strawberry, written well")
TUTORIAL = _python_peer("tutorial", "Strawberry, tutorial style")
NODE = Recipe(
    "mercurius", "Node: mercurius with JIT", ("node", str(MERCURIUS / "server.js")), {"NODE_ENV": "production"}
)


def why_left_out(recipe: Recipe) -> str | None:
    """Return the reason why a server cannot start here, or None; installs the Node peer if npm is available."""
    if recipe is UNCOMPILED and not hasattr(Settings, "compile_documents"):
        return "this version has no setting OMAPOSTI_COMPILE_DOCUMENTS"
    if recipe is not NODE:
        return None
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "node and npm are not installed; install Node 20 or newer"
    return None if (MERCURIUS / "node_modules").exists() else _npm_failure()


def _npm_failure() -> str | None:
    command = ["npm", "ci", "--prefix", str(MERCURIUS), "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    shutil.rmtree(MERCURIUS / "node_modules", ignore_errors=True)
    return f"npm could not install it ({(done.stderr.strip().splitlines() or ['no reason given'])[-1]}); try again"


@contextmanager
def running(recipes: list[Recipe], dsn: str) -> Iterator[list[Running]]:
    """Keep these servers running inside the block, each on its own port."""
    with ExitStack() as stack:
        servers = [stack.enter_context(spawned(recipe, {"DATABASE_URL": dsn})) for recipe in recipes]
        for server in servers:
            await_listening(server)
        yield servers


@contextmanager
def started(recipe: Recipe, environment: Mapping[str, str]) -> Iterator[Running]:
    """Keep one server running inside the block, which begins when it listens; raises BenchError if that fails."""
    with spawned(recipe, environment) as server:
        await_listening(server)
        yield server


@contextmanager
def spawned(recipe: Recipe, environment: Mapping[str, str]) -> Iterator[Running]:
    """Start a server without waiting for it, and end it with the block."""
    port = _free_port()
    ours = {"OMAPOSTI_PORT": str(port), "OMAPOSTI_POOL_SIZE": POOL_SIZE, "OMAPOSTI_ENVIRONMENT": "production"}
    process = subprocess.Popen(
        recipe.command,
        env={**own_environment(), **ours, **recipe.environment, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Running(recipe, process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def own_environment() -> dict[str, str]:
    """Return our environment without settings of the project, which would change the result."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("OMAPOSTI_", "DATABASE_URL"))}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_listening(server: Running) -> None:
    """Wait until the server accepts connections; raises BenchError when it ends or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise BenchError(f"{server.recipe.title} did not start; run `{shlex.join(server.recipe.command)}` to see why")
