"""What every command shares: its database, opened for as long as it works, and failures that are one clear line."""

import asyncio
import getpass
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from models.values.email import parse_email
from models.values.refusal import InvalidValue
from models.values.text import printable
from server.database import Database, open_database
from server.embedded_postgres import EmbeddedPostgresError, running
from server.environment import SettingsError, read_settings
from server.settings import Settings
from server.trusted_documents import ManifestError
from usecases.deed import Author

T = TypeVar("T")


class CommandFailedError(Exception):
    """A command cannot be done; the message is one line that tells what to do."""


@contextmanager
def clear_failures() -> Iterator[None]:
    """Turn what can go wrong outside of us into one line; raises SystemExit with code 1."""
    try:
        yield
    except (CommandFailedError, EmbeddedPostgresError, ManifestError) as failure:
        raise SystemExit(f"omaposti: {_first_line(failure)}") from None
    except SettingsError as wrong:
        raise SystemExit(f"omaposti: a setting is wrong: {wrong}; see docs/settings.md") from None
    except DBAPIError as failure:
        raise SystemExit(f"omaposti: the database refused: {_first_line(failure.orig or failure)}") from None
    except KeyboardInterrupt:
        raise SystemExit(128 + signal.SIGINT) from None  # as a shell has it
    except (OSError, TimeoutError) as failure:
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
    scheme, separator, rest = settings.database_url.partition("://")
    if not separator or scheme.partition("+")[0] not in {"postgres", "postgresql"}:
        raise CommandFailedError("DATABASE_URL must read postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    yield f"postgresql://{rest}"


def in_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """Do a command's work in the database, without the bounds that requests have, and return what it returns."""
    settings = read_settings()

    async def opened(dsn: str) -> T:
        async with open_database(dsn, settings, bounded=False) as database:
            return await work(database)

    with database_dsn(settings) as dsn:
        return asyncio.run(opened(dsn))


def operator() -> Author:
    """Return who is at the terminal, as the audit names her."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        name = str(os.getuid())
    return Author(name=f"command line: {printable(name)}")


def email_key(text: str) -> str:
    """Return the key of an address that was given; raises CommandFailedError for what is no address."""
    try:
        return parse_email(text).key
    except InvalidValue as invalid:
        raise CommandFailedError(invalid.message) from invalid


def _first_line(failure: BaseException) -> str:
    lines = str(failure).splitlines()
    return printable(lines[0]) if lines else type(failure).__name__
