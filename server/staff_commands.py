"""`omaposti staff …`: roles are given here, by whoever may log in to the machine, and never over the API."""

from typing import Annotated

import typer

from models.staff import StaffRole
from server.command import CommandFailedError, email_key, in_database, operator
from server.database import Database
from usecases.refusal import RefusedError
from usecases.staff import grant_staff_role

staff = typer.Typer(no_args_is_help=True, help="What the post's own people may do.")


@staff.command("grant")
def staff_grant(
    email: Annotated[str, typer.Argument(help="The e-mail address of an active account.")],
    role: Annotated[StaffRole, typer.Argument(help="What she may do from now on.")],
) -> None:
    """Give an account a staff role."""
    key = email_key(email)

    async def work(opened: Database) -> bool:
        async with opened.sessions.begin() as session:
            return await grant_staff_role(session, operator(), key, role)

    try:
        granted = in_database(work)
    except RefusedError as refused:
        raise CommandFailedError(
            f"no active account has the e-mail {email}; she signs up and confirms it first"
        ) from refused
    typer.echo(f"{email} has the role {role.value} now." if granted else f"{email} had the role {role.value} already.")
