"""A database whose answers to one statement are a fault, at the connection: all of our own code runs as it is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from models.pool import Pool
from resolvers.context import Services

Rows = list[dict[str, Any]]
Fault = Callable[[list[asyncpg.Record]], Any]  # what becomes of the rows that came back


def away(_rows: list[asyncpg.Record]) -> Any:
    """The server stops the statement."""
    raise asyncpg.QueryCanceledError("canceling statement due to statement timeout")


def broken(_rows: list[asyncpg.Record]) -> Any:
    """Something that nobody foresaw goes wrong."""
    raise RuntimeError("SELECT secret FROM accounts")


@dataclass(frozen=True)
class Wrong:
    """One column has this value, in every row or in every second."""

    column: int
    value: Any
    every: int = 1

    def __call__(self, rows: list[asyncpg.Record]) -> Rows:
        """Return the rows with the wrong value in them."""
        if not rows:
            return []
        names = list(rows[0].keys())
        name = names[self.column % len(names)]
        return [{**row, name: self.value} if n % self.every == 0 else dict(row) for n, row in enumerate(rows)]


class Statements:
    """The statements that were run, in the order in which they came first; `faults` says which have which fault."""

    def __init__(self) -> None:
        self.seen: list[str] = []
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
        if text not in self._statements.seen:
            self._statements.seen.append(text)
        rows = await self._connection.fetch(text, *arguments)
        fault = self._statements.faults.get(text)
        return rows if fault is None else fault(rows)

    def terminate(self) -> None:
        """Stay open: the answer was read to its end, and a new connection for every fault would take long."""


def faulty(services: Services, dsn: str) -> tuple[Services, Statements]:
    """Return the services on a pool of such connections, and what governs their faults."""
    statements = Statements()

    async def connect() -> Any:
        return FaultyConnection(await asyncpg.connect(dsn), statements)

    return replace(services, pool=Pool(connect, 8, 5)), statements
