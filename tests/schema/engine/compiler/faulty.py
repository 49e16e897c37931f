"""A database whose answers to one statement are a fault, at the connection: all of our own code runs as it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from models.db.connection import ReadingConnection
from models.db.pool import Pool
from usecases.resources import Resources

Rows = list[dict[str, Any]]
Fault = Callable[[list[asyncpg.Record]], Any]  # what becomes of the rows that came back
Kind = tuple[str, ...]


def kind_of(text: str) -> Kind:
    """Return what a statement reads: its tables, and whether it counts them.

    Compiled code asks for fewer columns, and for one list alone where the reference asks for several together.
    """
    tables = re.findall(r"(?:FROM|JOIN) ([a-z_]+)\b(?!\()", text)
    return (*tables, *(["counted"] if "count(" in text else []))


def owners_columns(text: str) -> set[str]:
    """Return the columns of a list that can only have its owner's id in them; compiled code reads none."""
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
    """One column has this value, in every row or in every second; the number is its place among all by name."""

    column: int
    value: Any
    every: int = 1

    def in_column(self, names: list[str]) -> "WrongColumn":
        """Return the fault of that column of a statement with these."""
        return WrongColumn(names[self.column % len(names)], self.value, self.every)


@dataclass(frozen=True)
class WrongColumn:
    """The column of that name has this value, in every row or in every second."""

    name: str
    value: Any
    every: int

    def __call__(self, rows: list[asyncpg.Record]) -> Rows:
        """Return the rows with the wrong value in them, where they have the column at all."""
        return [
            {**row, self.name: self.value} if self.name in row and number % self.every == 0 else dict(row)
            for number, row in enumerate(rows)
        ]


class Statements:
    """The kinds of statements that were run, in the order in which they came first, and which has which fault."""

    def __init__(self) -> None:
        self.columns: dict[Kind, list[str]] = {}
        self.faults: dict[Kind, Fault] = {}

    def damage(self, number: int, fault: Fault | Wrong) -> None:
        """Let the statements of that number have the fault, and no others."""
        kinds = [kind for kind, names in self.columns.items() if names]
        if kinds:
            kind = kinds[number % len(kinds)]
            self.faults[kind] = fault.in_column(self.columns[kind]) if isinstance(fault, Wrong) else fault


class FaultyConnection:
    """A connection that answers as `statements` says."""

    def __init__(self, connection: asyncpg.Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def rows(self, text: str, arguments: list[Any]) -> Any:
        """Run a statement; its rows go through the fault there is."""
        kind = kind_of(text)
        rows = await self._connection.fetch(text, *arguments)
        names = sorted({*rows[0].keys()} - owners_columns(text)) if rows else []
        self._statements.columns.setdefault(kind, names)
        fault = self._statements.faults.get(kind)
        return rows if fault is None else fault(rows)

    def terminate(self) -> None:
        """Stay open: the answer was read to its end, and a new connection for every fault would take long."""


def faulty(resources: Resources, dsn: str) -> tuple[Resources, Statements]:
    """Return the services on a pool of such connections, and what governs their faults."""
    statements = Statements()

    async def connect() -> Any:
        return FaultyConnection(await asyncpg.connect(dsn, connection_class=ReadingConnection), statements)

    return replace(resources, pool=Pool(connect, 8, 5)), statements
