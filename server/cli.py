"""The command line: the same deeds as over GraphQL, for people at a terminal.

Only the code of the command asked for is loaded: a server is measured by what it holds and how soon it answers, and it
needs neither migrations nor imports.
"""

import gc
import sys
from importlib import import_module

import typer

COMMANDS = {
    "serve": "server.serve_command",
    "worker": "server.mail_commands",
    "account": "server.account_commands",
    "audit": "server.audit_commands",
    "database": "server.database_commands",
    "demo": "server.demo_commands",
    "drop": "server.drop_commands",
    "mail": "server.mail_commands",
    "schema": "server.schema_commands",
    "staff": "server.staff_commands",
}

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback(help=__doc__.partition("\n")[0])
def omaposti() -> None:
    """Hold the commands together, however many of them are loaded."""


def run() -> None:
    """Run the command line; a failure is one clear line on standard error and exit code 1."""
    # What is loaded is never garbage, and looking for some again and again took a fifth of the time.
    gc.disable()
    _load_log_without_rich()
    failures = import_module("server.command").clear_failures
    for name in [name for name in sys.argv[1:2] if name in COMMANDS] or COMMANDS:
        _add(name)
    gc.freeze()
    gc.enable()
    with failures():
        app()


def _load_log_without_rich() -> None:
    """Load structlog as it is where rich is not installed: our tracebacks are plain, and rich takes 3 MB."""
    sys.modules["rich"] = None  # type: ignore[assignment] # so the import system is told that there is none
    import_module("structlog")
    del sys.modules["rich"]


def _add(name: str) -> None:
    command = getattr(import_module(COMMANDS[name]), name)
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name)
    else:
        app.command(name)(command)
