"""`omaposti schema …`: the SDL and the table of permissions, printed, written or compared."""

from pathlib import Path
from typing import Annotated

import typer

from schema.build import SCHEMA, SDL_FILE, sdl
from schema.engine.permission_table import TABLE_FILE, permission_table
from server.cli.common import CommandFailedError

schema = typer.Typer(no_args_is_help=True, help="The GraphQL schema and its table of permissions.")
Write = Annotated[bool, typer.Option("--write", help="Write the file that is kept in the project.")]


@schema.command("print")
def schema_print(*, write: Write = False) -> None:
    """Print the SDL."""
    _show(sdl(), SDL_FILE, write=write)


@schema.command("permissions")
def schema_permissions(*, write: Write = False) -> None:
    """Print who may read what, field by field."""
    _show(permission_table(SCHEMA), TABLE_FILE, write=write)


@schema.command("check")
def schema_check() -> None:
    """Check that the kept SDL and table of permissions say what the code does; exit code 1 when they do not."""
    for text, path, command in ((sdl(), SDL_FILE, "print"), (permission_table(SCHEMA), TABLE_FILE, "permissions")):
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandFailedError(
                f"{path.name} is not what the schema says; run `omaposti schema {command} --write`, look at the change"
            )
    typer.echo("The SDL and the table of permissions say what the schema does.")


def _show(text: str, path: Path, *, write: bool) -> None:
    if write:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)
