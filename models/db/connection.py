"""Connection that keeps its statements prepared: asyncpg's own cache would take a fifth of a short read's time."""

from collections import OrderedDict
from collections.abc import Awaitable
from typing import Any

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

KEPT = 200  # prepared statements of one connection; the least recently used is dropped above this


class ReadingConnection(asyncpg.Connection):  # type: ignore[misc] # asyncpg is untyped
    """Runs each statement as a prepared one."""

    __slots__ = ("_kept", "timed_out")

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._kept: OrderedDict[str, PreparedStatement] = OrderedDict()
        self.timed_out = False

    def rows(self, text: str, arguments: list[Any]) -> Awaitable[list[asyncpg.Record]]:
        """Return the rows of a statement, to be awaited.

        Raises the errors of asyncpg: InvalidCachedStatementError when its tables have changed since it was prepared.
        """
        statement = self._kept.get(text)
        if statement is None:
            return self._prepared(text, arguments)
        self._kept.move_to_end(text)
        return self._fetched(statement, arguments)

    def forget_statements(self) -> None:
        """Drop all prepared statements, so that each is prepared again."""
        self._kept.clear()

    def terminate_timed_out(self) -> None:
        """Terminate the connection and mark it as timed out."""
        self.timed_out = True
        self.terminate()

    async def _prepared(self, text: str, arguments: list[Any]) -> list[asyncpg.Record]:
        statement = self._kept[text] = await self.prepare(text)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return await self._fetched(statement, arguments)

    def _fetched(self, statement: PreparedStatement, arguments: list[Any]) -> Awaitable[list[asyncpg.Record]]:
        # `statement.fetch(*arguments)` makes the same call, but through three more coroutines.
        whole, status, timeout = 0, False, None
        return self._protocol.bind_execute(statement._state, arguments, "", whole, status, timeout)  # type: ignore[no-any-return]
