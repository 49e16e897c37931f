"""Closing one's account, and undoing it."""

from datetime import datetime

from auth.tokens import TokenKind
from models.db.query import Row
from models.mailed_secret import CLOSING_BY_UNDO
from models.queries.closing import LED_ALONE_BY_ACCOUNTS
from resolvers.core.batching import belonging_to
from resolvers.core.context import RequestContext
from resolvers.core.mailed_links import found
from resolvers.core.mutation_call import MutationCall
from resolvers.sign_in import leave
from usecases.account import closing
from usecases.session.mailed_secret import link_invalid


async def close(call: MutationCall, leave_organizations_without_administrator: bool) -> datetime:
    """Close the viewer's account and sign the request out; return the time of erasure."""
    insists = leave_organizations_without_administrator
    erase_after = await call.run(lambda db, actor: closing.close_account(db, actor, insists=insists))
    leave(call.context)
    return erase_after


async def undo(call: MutationCall, token: str) -> None:
    """Reopen the closed account whose mailed link holds the token."""
    undo_found = await found(call.context, TokenKind.CLOSING_UNDO, CLOSING_BY_UNDO, token)
    if undo_found is None:
        raise link_invalid()
    link, _ = undo_found
    call.subject_id = link.account_id
    await call.run(lambda db, actor: closing.undo_closing(db, actor, link))


async def leads_alone(context: RequestContext, row: Row) -> bool:
    """Return whether an account is the last administrator of an organization; closing is then refused."""
    return bool(await belonging_to(context, LED_ALONE_BY_ACCOUNTS, "account_id", row["account_id"]))
