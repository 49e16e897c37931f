"""`omaposti worker` and `omaposti mail …`: sending, messages in doubt, and bounces."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer

from models.db.clock import now
from models.db.errors import DatabaseUnavailableError
from server.cli.common import clear_failures, database_dsn, in_database, require_revision, until_stopped
from server.config.env import read_settings
from server.config.logging import configure_logging
from server.config.notices import log_what_is_not_configured
from server.config.settings import Settings
from server.db.database import Database, open_database
from server.jobs.erasure import erasing_along
from server.jobs.vacancies import vacating_along
from server.mail.wiring import mail_worker
from usecases.account.undeliverable import record_bounces
from usecases.mail.bounce import LARGEST, NotABounceError, UnreadableBounceError, read_bounce
from usecases.mail.outbox import doubt_abandoned, doubtful_messages

CHUNK = 1 << 20  # bytes

mail = typer.Typer(no_args_is_help=True, help="Messages: in doubt, and come back.")


def worker() -> None:
    """Send waiting messages and run the periodic jobs until Ctrl-C; several workers may run at once."""
    settings = read_settings()
    configure_logging(settings)
    with until_stopped(), database_dsn(settings) as dsn:
        asyncio.run(_work(settings, dsn))


async def _work(settings: Settings, dsn: str) -> None:
    async with open_database(dsn, settings) as database:
        sending = mail_worker(settings, database)
        with suppress(DatabaseUnavailableError):  # the worker waits for the database
            await require_revision(database)
        log_what_is_not_configured(settings)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, sending.stop)
        async with erasing_along(database), vacating_along(database):
            await sending.run()


@mail.command("doubtful")
def mail_doubtful() -> None:
    """List the messages of unknown delivery; the log of the mail server knows them by their Message-ID."""

    async def work(opened: Database) -> list[tuple[str, ...]]:
        async with opened.sessions.begin() as db:
            await doubt_abandoned(db, now())
            return await doubtful_messages(db)

    for line in in_database(work):
        typer.echo("\t".join(line))


@mail.command("bounce")
def mail_bounce() -> None:
    """Read one bounce (RFC 3464) on standard input, as a mail server pipes it, and mark an address that is at fault.

    The exit code tells the mail server what to do with the mail. 0: processed, or not a bounce. 65: drop it, it cannot
    be read. 75: keep it and try again, because the database is away or a setting is wrong.
    """
    with _kept_by_the_mail_server():
        try:
            bounces = read_bounce(_piped_in())
        except NotABounceError as other:
            # Exit code 0: the mail server bounces what a pipe refuses, and bounces of bounces would never end.
            typer.echo(f"nothing was changed: {other}", err=True)
            return
        except UnreadableBounceError as unreadable:
            typer.echo(f"omaposti: nothing was changed: {unreadable}; look at the mail server's log", err=True)
            raise typer.Exit(os.EX_DATAERR) from None

        async def work(opened: Database) -> int:
            async with opened.sessions.begin() as db:
                return await record_bounces(db, bounces, now(), read_settings().at_risk_for)

        typer.echo(f"{in_database(work)} of {len(bounces)} reported messages came back from an address at fault.")


def _piped_in() -> bytes:
    """Return at most one byte more than the limit of a bounce; read the rest as well, because the mail server writes
    it.
    """
    report = sys.stdin.buffer.read(LARGEST + 1)
    while sys.stdin.buffer.read(CHUNK):
        pass
    return report


@contextmanager
def _kept_by_the_mail_server() -> Iterator[None]:
    """Leave with EX_TEMPFAIL when a bounce cannot be processed now; for other codes the mail server would drop it."""
    try:
        with clear_failures():
            yield
    except SystemExit as failure:
        if not isinstance(failure.code, str):
            raise
        typer.echo(failure.code, err=True)
        raise typer.Exit(os.EX_TEMPFAIL) from None
