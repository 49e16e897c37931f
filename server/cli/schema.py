"""`omaposti schema …`: prints, writes or compares the SDL and the table of permissions, and explains queries."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from graphql import GraphQLError

from schema.build import SCHEMA, SDL_FILE, sdl
from schema.engine.explanation import Explanation, explain
from schema.engine.permission_table import TABLE_FILE, permission_table
from server.cli.common import email_key, in_database
from server.cli.explained import Execution, execute
from server.config.errors import CommandFailedError

schema = typer.Typer(no_args_is_help=True, help="The GraphQL schema and its table of permissions.")
Write = Annotated[bool, typer.Option("--write", help="Write the file that is kept in the project.")]


@schema.command("print")
def schema_print(*, write: Write = False) -> None:
    """Print the SDL."""
    _show(sdl(), SDL_FILE, write=write)


@schema.command("permissions")
def schema_permissions(*, write: Write = False) -> None:
    """Print the required permission of every field."""
    _show(permission_table(SCHEMA), TABLE_FILE, write=write)


@schema.command("check")
def schema_check() -> None:
    """Compare the committed SDL and table of permissions with the code; exit code 1 when they differ."""
    for text, path, command in ((sdl(), SDL_FILE, "print"), (permission_table(SCHEMA), TABLE_FILE, "permissions")):
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandFailedError(
                f"{path.name} is not what the schema says; run `omaposti schema {command} --write`, look at the change"
            )
    typer.echo("The SDL and the table of permissions say what the schema does.")


@schema.command("explain")
def schema_explain(
    query: Annotated[str, typer.Argument(help="A query, or the name of a file that holds one.")],
    *,
    as_: Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Run it as this person.")] = None,
    variables: Annotated[str, typer.Option(help="Its variables, as JSON.")] = "{}",
    source: Annotated[bool, typer.Option("--source", help="Print the compiled Python too.")] = False,
) -> None:
    """Print the plan of a query, its cost, the rule of each field, and the SQL statements that it runs."""
    explanation, given = _explained(query, variables)
    execution = in_database(lambda database: execute(database, explanation, given, as_ and email_key(as_)))
    typer.echo("\n".join(_report(explanation, execution)))
    if source and explanation.source:
        typer.echo(f"\nCompiled:\n{explanation.source}")


def _explained(query: str, variables: str) -> tuple[Explanation, dict[str, Any]]:
    file = Path(query)
    text = query if "{" in query or not file.is_file() else file.read_text(encoding="utf-8")
    try:
        given: dict[str, Any] = json.loads(variables)
        return explain(SCHEMA, text, given), given
    except json.JSONDecodeError as fault:
        raise CommandFailedError(f"--variables is not JSON ({fault}); write for example '{{\"first\": 3}}'") from fault
    except GraphQLError as fault:
        raise CommandFailedError(f"the query cannot be explained: {fault.message}") from fault


def _report(explanation: Explanation, execution: Execution) -> list[str]:
    statements = [f"{number}. {text}" for number, text in enumerate(execution.statements, 1)]
    return [
        "Plan, with who may read in brackets:",
        *(f"  {line}" for line in explanation.plan),
        f"\nCost: {explanation.cost} of at most {explanation.most} objects",
        f"\nStatements as {execution.viewer}: {len(statements)}",
        *statements,
        *([f"\nRefused: {len(execution.refused)}", *execution.refused] if execution.refused else []),
    ]


def _show(text: str, path: Path, *, write: bool) -> None:
    if write:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)
