"""What every command shares: its database, opened for as long as it works, and failures that are one clear line."""

import asyncio
import getpass
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError

from models.db.errors import DatabaseUnavailableError
from models.values.email import parse_email
from models.values.refusal import InvalidValue
from models.values.text import printable
from server.config.env import SettingsError, read_settings
from server.config.errors import CommandFailedError, ManifestError
from server.config.settings import Settings
from server.db.database import Database, open_database
from server.db.revision import is_unknown, revision_fault, revision_of
from server.postgres.embedded import EmbeddedPostgresError, running
from usecases.audit.audit_record import Actor
from usecases.place import PlacesError

T = TypeVar("T")


@contextmanager
def until_stopped() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end what is inside, and say so in one line: this is how a server is meant to end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        yield
    sys.stdout.write("Stopped.\n")
    sys.stdout.flush()


@contextmanager
def clear_failures() -> Iterator[None]:
    """Turn what can go wrong outside of us into one line; raises SystemExit with code 1."""
    try:
        yield
    except (CommandFailedError, EmbeddedPostgresError, ManifestError, PlacesError) as failure:
        raise SystemExit(f"omaposti: {_first_line(failure)}") from None
    except SettingsError as wrong:
        raise SystemExit(f"omaposti: a setting is wrong: {wrong}; see docs/settings.md") from None
    except DBAPIError as failure:
        raise SystemExit(f"omaposti: the database refused: {_first_line(failure.orig or failure)}") from None
    except PostgresError as failure:
        raise SystemExit(f"omaposti: the database refused: {_first_line(failure)}") from None
    except (OSError, TimeoutError, DatabaseUnavailableError) as failure:
        raise SystemExit(
            f"omaposti: the database cannot be reached ({_first_line(failure)}); start it or correct DATABASE_URL"
        ) from None


@contextmanager
def database_dsn(settings: Settings) -> Iterator[str]:
    """Keep a database at hand: the one DATABASE_URL names, else the embedded one, which this may start and stop."""
    if settings.database_url is None:
        with running(settings.data_dir) as dsn:
            yield dsn
        return
    # SQLAlchemy's addresses name the driver, asyncpg's do not.
    yield f"postgresql://{settings.database_url.partition('://')[2]}"


def in_database(work: Callable[[Database], Awaitable[T]], *, any_revision: bool = False) -> T:
    """Do a command's work in the database, without the bounds that requests have, and return what it returns.

    Raises CommandFailedError before the work when the database is of another revision than this program.
    """
    settings = read_settings()

    async def opened(dsn: str) -> T:
        async with open_database(dsn, settings, bounded=False) as database:
            if not any_revision:
                await require_revision(database)
            return await work(database)

    with database_dsn(settings) as dsn:
        return asyncio.run(opened(dsn))


async def require_revision(database: Database) -> None:
    """Raise CommandFailedError when the database has other tables than this program needs."""
    fault = revision_fault(await revision_of(database.pool))
    if fault is not None:
        raise CommandFailedError(fault)


async def refuse_newer_revision(database: Database) -> None:
    """Raise CommandFailedError when a newer program has migrated the database, which no migration of ours follows."""
    found = await revision_of(database.pool)
    if is_unknown(found):
        raise CommandFailedError(revision_fault(found))


def operator() -> Actor:
    """Return who is at the terminal, as the audit names her."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        name = str(os.getuid())
    return Actor(name=f"command line: {printable(name)}")


def email_key(text: str) -> str:
    """Return the key of an address that was given; raises CommandFailedError for what is no address."""
    try:
        return parse_email(text).key
    except InvalidValue as invalid:
        raise CommandFailedError(invalid.message) from invalid


def _first_line(failure: BaseException) -> str:
    lines = str(failure).splitlines()
    return printable(lines[0]) if lines else type(failure).__name__
