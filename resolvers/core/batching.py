"""Batched reads: one statement loads the related rows of all rows on a level."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import Executable

from models.db.query import Row
from resolvers.core.context import RequestContext


async def by_id(context: RequestContext, statement: Executable, identity: UUID) -> Row | None:
    """Return the row with that id, or None; the statement is one of `models.db.keyset.nodes`."""

    async def load(ids: list[UUID]) -> list[Row | None]:
        found = {row["node_id"]: row for row in await context.fetch(statement, ids=ids)}
        return [found.get(identity) for identity in ids]

    row: Row | None = await context.loader(statement, load).load(identity)
    return row


async def belonging_to(context: RequestContext, statement: Executable, owner: str, identity: UUID) -> list[Row]:
    """Return the rows whose column `owner` is that id, in the statement's order."""

    async def load(ids: list[UUID]) -> list[list[Row]]:
        found: dict[UUID, list[Row]] = defaultdict(list)
        for row in await context.fetch(statement, ids=ids):
            found[row[owner]].append(row)
        return [found[identity] for identity in ids]

    rows: list[Row] = await context.loader(statement, load).load(identity)
    return rows
