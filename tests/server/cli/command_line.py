"""`omaposti` commands for tests, each in a process of its own, forked from one that has loaded their code.

Loading it takes a second of a processor for each command, and the suite runs some two hundred.
"""

import atexit
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.conftest import PROJECT

LOADED = """
import gc, json, os, sys
from importlib import import_module
from server.cli.main import COMMANDS, run

for module in {*COMMANDS.values(), "usecases.drop.import_drop", "server.db.migration", "schema.build"}:
    import_module(module)
gc.freeze()
for line in sys.stdin:
    asked = json.loads(line)
    forked = os.fork()
    if not forked:
        break
    print(os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]), flush=True)
else:
    sys.exit()
os.chdir(asked["folder"])
os.environ.clear()
os.environ.update(asked["environment"])
for number, name in enumerate(("stdin", "stdout", "stderr")):
    os.dup2(os.open(asked[name], os.O_RDONLY if name == "stdin" else os.O_WRONLY | os.O_APPEND), number)
sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
sys.argv = ["omaposti", *asked["arguments"]]
run()
"""

_ONE_AT_A_TIME = threading.Lock()


def omaposti(
    *arguments: object, environment: Mapping[str, str], given: bytes = b"", together: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command with that environment and standard input; with `together`, standard error joins standard output."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in ("stdin", "stdout", "stderr")}
        for name, path in files.items():
            path.write_bytes(given if name == "stdin" else b"")
        if together:
            files["stderr"] = files["stdout"]
        words = [str(argument) for argument in arguments]
        asked: dict[str, object] = {"arguments": words, "environment": dict(environment), "folder": str(PROJECT)}
        code = _asked(json.dumps(asked | {name: str(path) for name, path in files.items()}))
        errors = "" if together else files["stderr"].read_text()
        return subprocess.CompletedProcess(words, code, files["stdout"].read_text(), errors)


def _asked(line: str) -> int:
    process = _loaded()
    assert process.stdin is not None
    assert process.stdout is not None
    with _ONE_AT_A_TIME:  # otherwise one thread would read the exit code of another's command
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        return int(process.stdout.readline())


@cache
def _loaded() -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", LOADED],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.kill)
    return process
