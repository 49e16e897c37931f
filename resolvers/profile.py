"""The viewer's own details."""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from models.account import ACCOUNTS_BY_ID
from models.db.query import Row
from resolvers.core.context import RequestContext
from resolvers.core.mutations import Outcome, attempt
from usecases.account import profile
from usecases.account.profile import ProfileChanges


@dataclass(slots=True)
class ProfileUpdated(Outcome):
    """The account as it is now, whether the change was made or refused."""

    account: Row | None = None


async def update(context: RequestContext, version: int, changes: ProfileChanges) -> ProfileUpdated:
    """Change the viewer's own details, and go on with what they are now."""

    async def deed(session: AsyncSession) -> None:
        await profile.update_profile(session, context.author, version, changes)

    refusals = await attempt(context, "profile.update", context.viewer.account_id, deed)
    rows = await context.fetch(ACCOUNTS_BY_ID, ids=[context.viewer.account_id])
    context.change_viewer(replace(context.viewer, account=rows[0]))
    return ProfileUpdated(refusals, account=rows[0])
