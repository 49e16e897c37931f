"""The command line: the same actions as over GraphQL, for people at a terminal.

Only the code of the command asked for is loaded: a server is measured by what it holds and how soon it answers, and it
needs neither migrations nor imports.
"""

import gc
import sys
from collections.abc import Callable
from importlib import import_module
from typing import NoReturn

INTERRUPTED = 130  # the exit code of a command that Ctrl-C interrupted, as shells have it
COMMANDS = {
    "serve": "server.cli.serve",
    "worker": "server.cli.mail",
    "account": "server.cli.account",
    "audit": "server.cli.audit",
    "config": "server.cli.config",
    "database": "server.cli.database",
    "demo": "server.cli.demo",
    "drop": "server.cli.drop",
    "mail": "server.cli.mail",
    "schema": "server.cli.schema",
    "staff": "server.cli.staff",
}


def run() -> None:
    """Run the command line; a failure is one clear line on standard error and exit code 1."""
    try:
        _run()
    except KeyboardInterrupt:
        _stop()
    except SystemExit as ended:
        if ended.code != INTERRUPTED:
            raise
        _stop()  # the parser of the command line has turned Ctrl-C into its exit code


def _run() -> None:
    # What is loaded is never garbage, and looking for some again and again took a fifth of the time.
    gc.disable()
    _load_log_without_rich()
    failures = import_module("server.cli.common").clear_failures
    command = _wanted(sys.argv[1:])
    gc.freeze()
    gc.enable()
    for line in import_module("server.config.env").misspelt():
        sys.stderr.write(f"omaposti: {line}\n")
    with failures():
        command()


def _stop() -> NoReturn:
    sys.stderr.write("omaposti: stopped\n")
    raise SystemExit(INTERRUPTED) from None


def _wanted(arguments: list[str]) -> Callable[[], object]:
    """Return what these arguments ask for, with no more loaded than that takes."""
    command: Callable[[], object]
    if arguments == ["serve"]:
        # There is nothing to parse, and the server would hold the parser for as long as it runs.
        command = import_module(COMMANDS["serve"]).serve
    else:
        wanted = [name for name in arguments[:1] if name in COMMANDS]
        names = [] if arguments[:1] == ["--version"] else wanted or list(COMMANDS)
        command = import_module("server.cli.parser").parser({name: COMMANDS[name] for name in names})
    return command


def _load_log_without_rich() -> None:
    """Load structlog as it is where rich is not installed: our tracebacks are plain, and rich takes 3 MB."""
    sys.modules["rich"] = None  # type: ignore[assignment] # so the import system is told that there is none
    import_module("structlog")
    del sys.modules["rich"]
