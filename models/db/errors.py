"""Errors of the database that a later try may not meet, and the one error that callers see for them."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from models.db.pool import PoolExhaustedError

LOST = (  # lost connections: a read is tried again on a new one
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # asyncpg's name for a connection that breaks in the middle of an answer
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    OSError,
)
CONTENDED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)  # 40P01 and 40001
SLOW = (
    TimeoutError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
    PoolExhaustedError,
    *CONTENDED,
)
DATABASE_AWAY = (*LOST, *SLOW, DBAPIError, PoolTimeoutError)  # after these errors, background work pauses


class DatabaseUnavailableError(Exception):
    """The database is away, full or too slow; the caller may try again shortly.

    Nothing was changed, unless the connection was lost during a commit.
    """


class ContendedError(DatabaseUnavailableError):
    """Other transactions were in the way, as in a deadlock; the caller may try again."""


def is_unavailable(error: Exception) -> bool:
    """Return whether an error of asyncpg or SQLAlchemy means that the database is away, full or too slow."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, InterfaceError | PoolTimeoutError) or isinstance(_of_driver(error), (*LOST, *SLOW))


def unavailable(error: Exception) -> DatabaseUnavailableError:
    kind = ContendedError if isinstance(_of_driver(error), CONTENDED) else DatabaseUnavailableError
    return kind(str(error))


def _of_driver(error: Exception) -> BaseException | None:
    """Return asyncpg's error behind an error of SQLAlchemy."""
    return error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
