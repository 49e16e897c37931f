"""Shared parts of all commands: opening the database, the operator's name, and failures printed as one line."""

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
    """End the block at Ctrl-C or SIGTERM and print one line, because that is the normal end of a server."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        yield
    sys.stdout.write("Stopped.\n")
    sys.stdout.flush()


@contextmanager
def clear_failures() -> Iterator[None]:
    """Turn foreseeable failures outside our code into one line; raises SystemExit with code 1."""
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
    """Yield the database's address: DATABASE_URL, else that of the embedded PostgreSQL, which is started if needed."""
    if settings.database_url is None:
        with running(settings.data_dir) as dsn:
            yield dsn
        return
    # SQLAlchemy's addresses name the driver; asyncpg's do not.
    yield f"postgresql://{settings.database_url.partition('://')[2]}"


def in_database(work: Callable[[Database], Awaitable[T]], *, any_revision: bool = False) -> T:
    """Run a command's work in the database, without the time limits of requests, and return its result.

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
    """Raise CommandFailedError when the database is of another revision than this program."""
    fault = revision_fault(await revision_of(database.pool))
    if fault is not None:
        raise CommandFailedError(fault)


async def refuse_newer_revision(database: Database) -> None:
    """Raise CommandFailedError when a newer program has migrated the database; we have no migration from there."""
    found = await revision_of(database.pool)
    if is_unknown(found):
        raise CommandFailedError(revision_fault(found))


def operator() -> Actor:
    """Return the operating system's user as the actor of audit records."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        name = str(os.getuid())
    return Actor(name=f"command line: {printable(name)}")


def email_key(text: str) -> str:
    """Return the normalized key of an e-mail address; raises CommandFailedError for an invalid one."""
    try:
        return parse_email(text).key
    except InvalidValue as invalid:
        raise CommandFailedError(invalid.message) from invalid


def _first_line(failure: BaseException) -> str:
    lines = str(failure).splitlines()
    return printable(lines[0]) if lines else type(failure).__name__
