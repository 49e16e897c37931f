"""Builds the typer parser for the commands that are needed."""

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated

import typer

from server.config.version import VERSION

HELP = "The command line: the same actions as over GraphQL, for people at a terminal."


def parser(modules: Mapping[str, str]) -> typer.Typer:
    """Return the parser, given the module of each command by its name."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=HELP)
    app.callback()(_hold_together)
    for name, module in modules.items():
        command = getattr(import_module(module), name)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"omaposti {VERSION}")
        raise typer.Exit


def _hold_together(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Keep the command's name required even when only one command is loaded."""
