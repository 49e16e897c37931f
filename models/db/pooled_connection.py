"""Connection through a pooler in transaction mode, such as PgBouncer, which assigns a server for one transaction only.

No session state survives there: no named statement, setting or lock. See docs/decisions/0023-pooler.md.
"""

from typing import Any

import asyncpg

from models.db.connection import ReadingConnection


class PooledConnection(ReadingConnection):
    """Leaves no state on the server between transactions; open it with `statement_cache_size=0`."""

    __slots__ = ("bounds",)

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.bounds = ""  # SET LOCAL statements at the start of every transaction

    async def execute(self, query: str, *arguments: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109
        """Run a command. asyncpg and SQLAlchemy begin their transactions here, so BEGIN is followed by the bounds."""
        bounded = query + self.bounds if query.startswith("BEGIN") else query
        status: str = await super().execute(bounded, *arguments, timeout=timeout)
        return status

    async def rows(self, text: str, arguments: list[Any]) -> list[asyncpg.Record]:
        """Return the rows of a statement, in a transaction of its own if there are bounds."""
        if not self.bounds:
            return await super().rows(text, arguments)
        await self.execute("BEGIN;")
        try:
            found = await super().rows(text, arguments)
        except asyncpg.PostgresError:
            if not self.is_closed():
                await self.execute("ROLLBACK;")
            raise
        await self.execute("COMMIT;")
        return found

    def _get_unique_id(self, prefix: str) -> str:
        # asyncpg numbers its statements from 1 in each process, so two processes would use one name on the same server.
        # Without a name (and without its cache) asyncpg sends a statement's text with each execution.
        return "" if prefix == "stmt" else str(super()._get_unique_id(prefix))
