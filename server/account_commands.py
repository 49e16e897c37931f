"""`omaposti account …`: what is due for accounts as a whole."""

import typer

from server.command import CommandFailedError, in_database
from server.erasure import erase_due

account = typer.Typer(no_args_is_help=True, help="Accounts as a whole.")


@account.command("erase-due")
def account_erase_due() -> None:
    """Erase the closed accounts whose time of grace is over; run it daily. Exit code 1 when one could not be erased."""
    erased, failed = in_database(erase_due)
    typer.echo(f"{erased} accounts erased.")
    if failed:
        raise CommandFailedError(f"{failed} accounts could not be erased; the log says why, then run this again")
