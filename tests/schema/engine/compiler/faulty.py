"""Database connections with injected faults: one kind of statement gives wrong rows, all our code is real."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from models.db.connection import ReadingConnection
from models.db.pool import Pool
from usecases.resources import Resources

Rows = list[dict[str, Any]]
Fault = Callable[[list[asyncpg.Record]], Any]  # turns the rows of a statement into faulty ones
Kind = tuple[str, ...]


def kind_of(text: str) -> Kind:
    """Return the kind of a statement: its tables, and whether it counts rows.

    Compiled code reads fewer columns, and reads a single list where graphql-core reads several together.
    """
    tables = re.findall(r"(?:FROM|JOIN) ([a-z_]+)\b(?!\()", text)
    return (*tables, *(["counted"] if "count(" in text else []))


def owners_columns(text: str) -> set[str]:
    """Return the columns of a list that hold only its owner's id; compiled code does not read them."""
    owned = re.findall(r"(\w+\.\w+) = (?:\$\d|owners\.id)", text) if "LIMIT" in text else []
    labels = dict(re.findall(r"(\w+\.\w+) AS (\w+)", text))
    return {labels.get(column, column.partition(".")[2]) for column in owned}


def away(_rows: list[asyncpg.Record]) -> Any:
    """The server stops the statement."""
    raise asyncpg.QueryCanceledError("canceling statement due to statement timeout")


def broken(_rows: list[asyncpg.Record]) -> Any:
    """Something that nobody foresaw goes wrong."""
    raise RuntimeError("SELECT secret FROM accounts")


@dataclass(frozen=True)
class Wrong:
    """A wrong value in one column of all or every second row; the number is the column's place by name."""

    column: int
    value: Any
    every: int = 1

    def in_column(self, names: list[str]) -> "WrongColumn":
        """Return the fault for a statement with these columns."""
        return WrongColumn(names[self.column % len(names)], self.value, self.every)


@dataclass(frozen=True)
class WrongColumn:
    """A wrong value in the column of that name, in all or every second row."""

    name: str
    value: Any
    every: int

    def __call__(self, rows: list[asyncpg.Record]) -> Rows:
        """Return the rows with the wrong value, if they have the column."""
        return [
            {**row, self.name: self.value} if self.name in row and number % self.every == 0 else dict(row)
            for number, row in enumerate(rows)
        ]


class Statements:
    """Kinds of the statements run, in order of first appearance, and the fault of each."""

    def __init__(self) -> None:
        self.columns: dict[Kind, list[str]] = {}
        self.faults: dict[Kind, Fault] = {}

    def damage(self, number: int, fault: Fault | Wrong) -> None:
        """Inject the fault into the statements of that number only."""
        kinds = [kind for kind, names in self.columns.items() if names]
        if kinds:
            kind = kinds[number % len(kinds)]
            self.faults[kind] = fault.in_column(self.columns[kind]) if isinstance(fault, Wrong) else fault


class FaultyConnection:
    """A connection that injects the faults of `statements`."""

    def __init__(self, connection: asyncpg.Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def rows(self, text: str, arguments: list[Any]) -> Any:
        """Run a statement and inject its fault into the rows."""
        kind = kind_of(text)
        rows = await self._connection.fetch(text, *arguments)
        names = sorted({*rows[0].keys()} - owners_columns(text)) if rows else []
        self._statements.columns.setdefault(kind, names)
        fault = self._statements.faults.get(kind)
        return rows if fault is None else fault(rows)

    def terminate(self) -> None:
        """Keep the connection open: its answer was read to the end, and reconnecting for every fault is slow."""


def faulty(resources: Resources, dsn: str) -> tuple[Resources, Statements]:
    """Return resources with a pool of such connections, and the control of their faults."""
    statements = Statements()

    async def connect() -> Any:
        return FaultyConnection(await asyncpg.connect(dsn, connection_class=ReadingConnection), statements)

    return replace(resources, pool=Pool(connect, 8, 5)), statements
