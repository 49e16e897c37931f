"""Accounts."""

from models.account import ACCOUNTS_BY_ID
from models.reading import Row
from models.staff import STAFF_ROLES_OF_ACCOUNTS
from resolvers.context import RequestContext
from resolvers.loading import belonging_to, by_id


async def of_row(context: RequestContext, row: Row) -> Row | None:
    """Return the account that a row speaks of."""
    return await by_id(context, ACCOUNTS_BY_ID, row["account_id"])


async def staff_roles(context: RequestContext, row: Row) -> list[str]:
    """Return what an account's owner is among the post's own people."""
    grants = await belonging_to(context, STAFF_ROLES_OF_ACCOUNTS, "account_id", row["account_id"])
    return [grant["role"] for grant in grants]
