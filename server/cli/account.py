"""`omaposti account …`: scheduled erasure of accounts, and actions of staff on one account."""

import json
from typing import Annotated
from uuid import UUID

import typer

from models.db.clock import now
from server.cli.common import email_key, in_database, operator
from server.config.errors import CommandFailedError
from server.db.database import Database
from server.jobs.erasure import erase_due
from usecases.account.staff_sign_out import sign_out_everywhere
from usecases.refusal import RefusedError

account = typer.Typer(no_args_is_help=True, help="Accounts.")


@account.command("erase-due")
def account_erase_due() -> None:
    """Erase the closed accounts whose grace period is over; run it daily. Exit code 1 when one could not be erased."""
    erased, failed = in_database(erase_due)
    typer.echo(f"{erased} accounts erased.")
    if failed:
        raise CommandFailedError(f"{failed} accounts could not be erased; the log says why, then run this again")


@account.command("sign-out")
def account_sign_out(
    email: Annotated[str, typer.Argument(help="The e-mail address of the account.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Sign a person out everywhere at once; they sign in again with the password they have."""
    key = email_key(email)

    async def work(opened: Database) -> list[UUID]:
        async with opened.sessions.begin() as db:
            return await sign_out_everywhere(db, operator(), key, now=now())

    try:
        ended = in_database(work)
    except RefusedError as refused:
        raise CommandFailedError(
            f"no account has the e-mail {email}; it may have changed, so ask for the present one"
        ) from refused
    if as_json:
        typer.echo(json.dumps({"email": key, "endedSessions": list(map(str, ended))}))
    else:
        typer.echo(f"{len(ended)} sessions of {email} ended.")
