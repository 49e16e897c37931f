"""What a person must do before going on."""

from models.reading import Row
from models.task import OPEN_TASKS_OF_ACCOUNTS
from resolvers.context import RequestContext
from resolvers.loading import belonging_to


async def of_account(context: RequestContext, row: Row) -> list[Row]:
    """Return an account's open tasks, the oldest first."""
    return await belonging_to(context, OPEN_TASKS_OF_ACCOUNTS, "account_id", row["account_id"])
