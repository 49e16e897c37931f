"""Command line: the same use cases as over GraphQL, for people at a terminal.

Only the modules of the requested command are loaded. A server needs neither migrations nor imports, and its memory and
start time are goals of performance.
"""

import gc
import sys
from collections.abc import Callable
from importlib import import_module
from typing import NoReturn

INTERRUPTED = 130  # exit code after Ctrl-C, as in shells (128 + SIGINT)
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
    """Run the command line; a failure is one line on standard error and exit code 1."""
    try:
        _run()
    except KeyboardInterrupt:
        _stop()
    except SystemExit as ended:
        if ended.code != INTERRUPTED:
            raise
        _stop()  # typer has turned Ctrl-C into its exit code


def _run() -> None:
    # Modules are never garbage; scanning them in each collection took a fifth of the time.
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
    """Return the function for these arguments, and load only the modules that it needs."""
    command: Callable[[], object]
    if arguments == ["serve"]:
        # No arguments to parse, so the server does not keep the parser in memory.
        command = import_module(COMMANDS["serve"]).serve
    else:
        wanted = [name for name in arguments[:1] if name in COMMANDS]
        names = [] if arguments[:1] == ["--version"] else wanted or list(COMMANDS)
        command = import_module("server.cli.parser").parser({name: COMMANDS[name] for name in names})
    return command


def _load_log_without_rich() -> None:
    """Load structlog as if rich were not installed: our tracebacks are plain, and rich takes 3 MB."""
    sys.modules["rich"] = None  # type: ignore[assignment] # makes `import rich` raise ImportError
    import_module("structlog")
    del sys.modules["rich"]
