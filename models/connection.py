"""A connection that keeps what it has run prepared: asyncpg's own cache would take a fifth of a short read's time."""

from collections import OrderedDict
from collections.abc import Awaitable
from typing import Any

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

KEPT = 200  # statements of one connection


class ReadingConnection(asyncpg.Connection):  # type: ignore[misc] # asyncpg is untyped
    """Runs each statement as a prepared one."""

    __slots__ = ("_given_up", "_kept")

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """Take asyncpg's own arguments."""
        super().__init__(*arguments, **more)
        self._kept: OrderedDict[str, PreparedStatement] = OrderedDict()
        self._given_up = False

    async def rows(self, text: str, arguments: list[Any]) -> list[asyncpg.Record]:
        """Return the rows of a statement; raises TimeoutError when it was given up, and what asyncpg raises."""
        try:
            statement = self._kept.get(text) or await self._prepared(text)
            self._kept.move_to_end(text)
            return await self._fetched(statement, arguments)
        except asyncpg.InvalidCachedStatementError:
            # Its tables have changed since, and those of the others perhaps as well.
            self._kept.clear()
            return await self._fetched(await self._prepared(text), arguments)
        except asyncpg.PostgresConnectionError as error:
            if self._given_up:
                raise TimeoutError("the database has not answered in time; try again shortly") from error
            raise

    def _fetched(self, statement: PreparedStatement, arguments: list[Any]) -> Awaitable[list[asyncpg.Record]]:
        # `statement.fetch(*arguments)` ends in the same call, by way of three coroutines more.
        whole, status, timeout = 0, False, None
        return self._protocol.bind_execute(statement._state, arguments, "", whole, status, timeout)  # type: ignore[no-any-return]

    def give_up(self) -> None:
        """Break off whatever it waits for."""
        self._given_up = True
        self.terminate()

    async def _prepared(self, text: str) -> PreparedStatement:
        statement = self._kept[text] = await self.prepare(text)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return statement
