"""The viewer's own details."""

from dataclasses import replace

from models.account import ACCOUNTS_BY_ID
from resolvers.core.context import RequestContext
from resolvers.core.mutation_call import MutationCall
from usecases.account import profile
from usecases.changes import Changes


async def update(call: MutationCall, version: int, changes: Changes) -> None:
    """Change the viewer's own details; the answer shows the stored account, changed or not."""
    try:
        await call.run(lambda db, actor, _now: profile.update_profile(db, actor, version, changes))
    finally:
        await reread_account(call.context)


async def reread_account(context: RequestContext) -> None:
    """Replace the viewer's account by its stored row."""
    rows = await context.fetch(ACCOUNTS_BY_ID, ids=[context.viewer.account_id])
    context.change_viewer(replace(context.viewer, account=rows[0]))
