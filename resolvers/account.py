"""Fields of accounts."""

from datetime import datetime

from models.account import ACCOUNTS_BY_ID, EMAIL_CONFIRMATIONS_OF_ACCOUNTS
from models.db.query import Row
from models.staff import STAFF_ROLES_OF_ACCOUNTS, StaffRole
from resolvers.core.batching import belonging_to, by_id
from resolvers.core.context import RequestContext


async def of_row(context: RequestContext, row: Row) -> Row | None:
    """Return the account whose id is in the row's column `account_id`."""
    return await by_id(context, ACCOUNTS_BY_ID, row["account_id"])


async def email_confirmed_at(context: RequestContext, row: Row) -> datetime | None:
    """Return the time when the owner last proved that they read the mailbox of the present address."""
    confirmations = await belonging_to(context, EMAIL_CONFIRMATIONS_OF_ACCOUNTS, "account_id", row["account_id"])
    return confirmations[0]["confirmed_at"] if confirmations else None


async def staff_roles(context: RequestContext, row: Row) -> list[StaffRole]:
    """Return the staff roles of an account."""
    grants = await belonging_to(context, STAFF_ROLES_OF_ACCOUNTS, "account_id", row["account_id"])
    return [StaffRole(grant["role"]) for grant in grants]
