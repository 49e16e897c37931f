"""Reads: Core statements, compiled to text once, run directly on the asyncpg pool.

The columns of a row have the labels of its statement: `organization_name`, `membership_role`. The schema's types read
these rows directly, because building a Python object for each would cost time. In every row `account_id` is the
person's account and `organization_id` the organization: the access rules read these two.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import BindParameter, ColumnElement, Executable, Label, literal_column
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.visitors import replacement_traverse

from models.db.errors import LOST, SLOW, unavailable
from models.db.pool import ConnectionSource

Row: TypeAlias = asyncpg.Record


@dataclass(slots=True)
class Tally:
    """Count of the statements that a request has run."""

    statements: int = 0


TALLY: ContextVar[Tally] = ContextVar("statements of this request")


def count_statement() -> None:
    """Count a statement of the current request, if there is one."""
    tally = TALLY.get(None)
    if tally is not None:
        tally.statements += 1


def labelled(prefix: str, *columns: InstrumentedAttribute[Any] | ColumnElement[Any]) -> list[Label[Any]]:
    """Label each column `<prefix>_<its name>`, so that one row can be the source of several types."""
    return [column.label(f"{prefix}_{column.key}") for column in columns]


async def fetch(pool: ConnectionSource, statement: Executable, **parameters: Any) -> list[Row]:
    """Run one read in autocommit and return its rows.

    A read that lost its connection is tried once more on a new one, because reads change nothing. Raises
    DatabaseUnavailableError when the database is away or too slow.
    """
    text, names = written(statement)
    arguments = [parameters[name] for name in names]
    try:
        return await _run(pool, text, arguments)
    except SLOW as error:
        raise unavailable(error) from error
    except LOST:
        pool.close_idle()
    try:
        return await _run(pool, text, arguments)
    except (*LOST, *SLOW) as error:
        raise unavailable(error) from error


async def _run(pool: ConnectionSource, text: str, arguments: list[Any]) -> list[Row]:
    count_statement()
    connection = await pool.acquire()
    try:
        try:
            return await connection.rows(text, arguments)
        except asyncpg.InvalidCachedStatementError:
            # The tables of this statement have changed since it was prepared, and perhaps those of others.
            connection.forget_statements()
            return await connection.rows(text, arguments)
    except asyncpg.PostgresError as error:
        if connection.timed_out:
            raise TimeoutError("the database has not answered in time; try again shortly") from error
        raise
    except BaseException:
        # The server did not say that it is done: the next borrower might read the rest of this answer.
        connection.terminate()
        raise
    finally:
        pool.release(connection)


_DIALECT: Any = dialect()  # type: ignore[no-untyped-call] # SQLAlchemy's dialects are untyped


@lru_cache(maxsize=2000)
def written(statement: Executable) -> tuple[str, tuple[str, ...]]:
    """Return a statement's text with its constants inlined, and the names of its parameters in the order of the text.

    Constants are inlined because a plan that is made once uses a partial index only if it sees the constant.
    """
    complete: Any = replacement_traverse(statement, {}, _written_out)  # type: ignore[call-overload]
    compiled = complete.compile(dialect=_DIALECT)
    return str(compiled), tuple(compiled.positiontup)


def _written_out(element: object, **_: Any) -> ColumnElement[Any] | None:
    if not isinstance(element, BindParameter) or element.required:
        return None
    text = element.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
    return literal_column(str(text), element.type)
