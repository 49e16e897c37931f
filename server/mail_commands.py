"""`omaposti worker` and `omaposti mail …`: letters sent, in doubt, and come back."""

import asyncio
import signal
import sys

import typer

from server.command import database_dsn, in_database
from server.database import Database, open_database
from server.environment import read_settings
from server.erasure import erasing_along
from server.logs import configure_logging
from server.mail import mail_worker
from server.settings import Settings
from usecases.clock import now
from usecases.mail.bounce import NotABounceError, read_bounce, record_bounces
from usecases.mail.outbox import doubt_abandoned, doubtful_letters

LARGEST_BOUNCE = 256 * 1024  # bytes, some ten of our messages; to parse 10 MB of empty parts takes minutes

mail = typer.Typer(no_args_is_help=True, help="Letters: in doubt, and come back.")


def worker() -> None:
    """Send the letters that wait and erase the accounts that are due, until Ctrl-C; several workers may run at once."""
    settings = read_settings()
    configure_logging(settings)
    with database_dsn(settings) as dsn:
        asyncio.run(_work(settings, dsn))


async def _work(settings: Settings, dsn: str) -> None:
    async with open_database(dsn, settings) as database:
        sending = mail_worker(settings, database)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, sending.stop)
        async with erasing_along(database):
            await sending.run()


@mail.command("doubtful")
def mail_doubtful() -> None:
    """List the letters that the mail server may or may not have taken; its log knows them by their Message-ID."""

    async def work(opened: Database) -> list[tuple[str, ...]]:
        async with opened.sessions.begin() as session:
            await doubt_abandoned(session, now())
            return await doubtful_letters(session)

    for line in in_database(work):
        typer.echo("\t".join(line))


@mail.command("bounce")
def mail_bounce() -> None:
    """Read one bounce (RFC 3464) on standard input, as a mail server pipes it; an address at fault is marked."""
    try:
        bounces = read_bounce(_report_piped_in())
    except NotABounceError as other:
        # Exit code 0: a mail server would bounce whatever a pipe refuses, and bounces of bounces never end.
        typer.echo(f"nothing was changed: {other}", err=True)
        return

    async def work(opened: Database) -> int:
        async with opened.sessions.begin() as session:
            return await record_bounces(session, bounces, now())

    typer.echo(f"{in_database(work)} of {len(bounces)} reported letters came back from an address at fault.")


def _report_piped_in() -> bytes:
    """Return what is on standard input; raises NotABounceError when that is larger than a bounce of ours can be."""
    report = sys.stdin.buffer.read(LARGEST_BOUNCE + 1)
    if len(report) <= LARGEST_BOUNCE:
        return report
    while sys.stdin.buffer.read(LARGEST_BOUNCE):  # to the end: a mail server would bounce what a pipe does not take
        pass
    raise NotABounceError(f"it is larger than {LARGEST_BOUNCE} bytes, and no bounce of a message of ours is")
