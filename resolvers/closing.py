"""Closing one's account."""

from datetime import datetime

from models.db.query import Row
from models.queries.closing import LED_ALONE_BY_ACCOUNTS
from resolvers.core.batching import belonging_to
from resolvers.core.context import RequestContext
from resolvers.core.mutation_call import MutationCall
from resolvers.sign_in import leave
from usecases.account import closing


async def close(call: MutationCall, leave_organizations_without_administrator: bool) -> datetime:
    """Close the viewer's account and sign the request out; return the time of erasure."""
    insists = leave_organizations_without_administrator
    erase_after = await call.run(lambda db, actor, now: closing.close_account(db, actor, insists=insists, now=now))
    leave(call.context)
    return erase_after


async def leads_alone(context: RequestContext, row: Row) -> bool:
    """Return whether an account is the last administrator of an organization; closing is then refused."""
    return bool(await belonging_to(context, LED_ALONE_BY_ACCOUNTS, "account_id", row["account_id"]))
