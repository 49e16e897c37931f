"""`omaposti staff …`: roles are given here, by whoever may log in to the machine, and never over the API."""

import getpass
from typing import Annotated

import typer

from models.staff import StaffRole
from models.values.email import parse_email
from models.values.refusal import InvalidValue
from server.command import CommandFailedError, in_database
from server.database import Database
from usecases.deed import Author
from usecases.refusal import RefusedError
from usecases.staff import grant_staff_role

staff = typer.Typer(no_args_is_help=True, help="What the post's own people may do.")


@staff.command("grant")
def staff_grant(
    email: Annotated[str, typer.Argument(help="The e-mail address of an active account.")],
    role: Annotated[StaffRole, typer.Argument(help="What she may do from now on.")],
) -> None:
    """Give an account a staff role."""
    try:
        key = parse_email(email).key
    except InvalidValue as invalid:
        raise CommandFailedError(invalid.message) from invalid

    async def work(opened: Database) -> bool:
        async with opened.sessions.begin() as session:
            return await grant_staff_role(session, Author(name=f"command line: {getpass.getuser()}"), key, role)

    try:
        granted = in_database(work)
    except RefusedError as refused:
        raise CommandFailedError(
            f"no active account has the e-mail {email}; she signs up and confirms it first"
        ) from refused
    typer.echo(f"{email} has the role {role.value} now." if granted else f"{email} had the role {role.value} already.")
