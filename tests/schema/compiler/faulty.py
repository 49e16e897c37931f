"""A database whose answers to one statement are a fault, at the connection: all of our own code runs as it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from models.pool import Pool
from resolvers.context import Services

_SELECTED = re.compile(r"SELECT .*?\bFROM", re.DOTALL)

Rows = list[dict[str, Any]]
Fault = Callable[[list[asyncpg.Record], list[str]], Any]  # what becomes of the rows, given all the columns there are


def away(_rows: list[asyncpg.Record], _columns: list[str]) -> Any:
    """The server stops the statement."""
    raise asyncpg.QueryCanceledError("canceling statement due to statement timeout")


def broken(_rows: list[asyncpg.Record], _columns: list[str]) -> Any:
    """Something that nobody foresaw goes wrong."""
    raise RuntimeError("SELECT secret FROM accounts")


@dataclass(frozen=True)
class Wrong:
    """One column has this value, in every row or in every second."""

    column: int
    value: Any
    every: int = 1

    def __call__(self, rows: list[asyncpg.Record], columns: list[str]) -> Rows:
        """Return the rows with the wrong value in them; a column that was not asked for is wrong in vain."""
        if not rows:
            return []
        name = columns[self.column % len(columns)]
        return [{**row, name: self.value} if n % self.every == 0 else dict(row) for n, row in enumerate(rows)]


class Statements:
    """The statements that were run, in the order in which they came first; `faults` says which have which fault.

    A statement is known by what it reads from, because compiled code asks for fewer columns than the reference.
    """

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.columns: dict[str, list[str]] = {}
        self.faults: dict[str, Fault] = {}


class FaultyConnection:
    """A connection that answers as `statements` says."""

    def __init__(self, connection: asyncpg.Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, text: str, *arguments: Any) -> Any:
        """Run a statement; its rows go through the fault there is."""
        source = _SELECTED.sub("SELECT FROM", text)
        if source not in self._statements.seen:
            self._statements.seen.append(source)
        rows = await self._connection.fetch(text, *arguments)
        fault = self._statements.faults.get(source)
        columns = list(rows[0].keys()) if rows else []
        all_columns = max(columns, self._statements.columns.get(source, []), key=len)
        self._statements.columns[source] = all_columns
        return rows if fault is None else fault(rows, all_columns)

    def terminate(self) -> None:
        """Stay open: the answer was read to its end, and a new connection for every fault would take long."""


def faulty(services: Services, dsn: str) -> tuple[Services, Statements]:
    """Return the services on a pool of such connections, and what governs their faults."""
    statements = Statements()

    async def connect() -> Any:
        return FaultyConnection(await asyncpg.connect(dsn), statements)

    return replace(services, pool=Pool(connect, 8, 5)), statements
