"""Accounts."""

from models.account import ACCOUNTS_BY_ID
from models.reading import Row
from resolvers.context import RequestContext
from resolvers.loading import by_id


async def of_row(context: RequestContext, row: Row) -> Row | None:
    """Return the account that a row speaks of."""
    return await by_id(context, ACCOUNTS_BY_ID, row["account_id"])
