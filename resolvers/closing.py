"""Closing one's account, and undoing it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind
from models.db.query import Row
from models.proof import CLOSING_BY_UNDO
from models.queries.closing import LED_ALONE_BY_ACCOUNTS
from resolvers.core.batching import belonging_to
from resolvers.core.context import RequestContext
from resolvers.core.mailed_links import found
from resolvers.core.mutations import Outcome, attempt
from resolvers.core.rate_limits import throttle_operation
from resolvers.sign_in import leave
from usecases.account import closing
from usecases.session.proof import link_invalid


@dataclass(slots=True)
class AccountClosed(Outcome):
    """When the account will be erased, if it was closed."""

    erased_after: datetime | None = None


async def close(context: RequestContext, *, insists: bool) -> AccountClosed:
    """Close the viewer's account; she is nobody from then on."""
    erased_after: list[datetime] = []

    async def deed(session: AsyncSession) -> None:
        erased_after.append(await closing.close_account(session, context.author, insists=insists))

    refusals = await attempt(context, "account.close", context.viewer.account_id, deed)
    if refusals:
        return AccountClosed(refusals)
    leave(context)
    return AccountClosed(erased_after=erased_after[0])


async def undo(context: RequestContext, token: str) -> Outcome:
    """Undo the closing of the account whose mailed link holds the token."""
    await throttle_operation(context, "accountCloseUndo")
    undo_found = await found(context, TokenKind.CLOSING_UNDO, CLOSING_BY_UNDO, token)
    link = undo_found[0] if undo_found else None

    async def deed(session: AsyncSession) -> None:
        if link is None:
            raise link_invalid()
        await closing.undo_closing(session, context.author, link)

    return Outcome(await attempt(context, "account.closeUndo", link.account_id if link else None, deed))


async def leads_alone(context: RequestContext, row: Row) -> bool:
    """Return whether an account is the last administrator of any organization, without which it is refused."""
    return bool(await belonging_to(context, LED_ALONE_BY_ACCOUNTS, "account_id", row["account_id"]))
