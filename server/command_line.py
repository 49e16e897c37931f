"""The parser of the command line, with the commands that are to be understood."""

from collections.abc import Mapping
from importlib import import_module

import typer

HELP = "The command line: the same deeds as over GraphQL, for people at a terminal."


def parser(modules: Mapping[str, str]) -> typer.Typer:
    """Return what parses the arguments and does the command, given the module of each command by its name."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=HELP)
    app.callback()(_hold_together)
    for name, module in modules.items():
        command = getattr(import_module(module), name)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _hold_together() -> None:
    """Have a command named even where only one is loaded."""
