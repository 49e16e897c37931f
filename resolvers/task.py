"""Tasks that a person must complete before they can use their account."""

from models.db.query import Row
from models.task import OPEN_TASKS_OF_ACCOUNTS
from resolvers.core.batching import belonging_to
from resolvers.core.context import RequestContext


async def of_account(context: RequestContext, row: Row) -> list[Row]:
    """Return an account's open tasks, the oldest first."""
    return await belonging_to(context, OPEN_TASKS_OF_ACCOUNTS, "account_id", row["account_id"])
