"""Changing the viewer's address, from one that is confirmed to the next."""

from uuid import UUID

from auth.tokens import TokenKind, digest
from auth.viewer import AccountViewer
from models.db.clock import seconds
from models.db.query import Row
from models.mailed_secret import PENDING_EMAILS_OF_ACCOUNTS
from models.task import TaskKind
from resolvers.core.context import RequestContext
from resolvers.core.mutation_call import MutationCall
from resolvers.profile import reread_account
from usecases.account import email_change


async def confirm(call: MutationCall, token: str) -> None:
    """Replace the address by the confirmed one, and continue with the changed account."""
    secret_hash = digest(TokenKind.EMAIL_CHANGE, token)
    try:
        await call.run(lambda db, actor, now: email_change.confirm_email_change(db, actor, secret_hash, now=now))
        assert isinstance(call.context.viewer, AccountViewer), "the field is for signed-in callers"
        done = call.context.viewer.without_tasks(TaskKind.CHOOSE_OWN_EMAIL, TaskKind.CONFIRM_EMAIL)
        call.context.change_viewer(done)
    finally:
        await reread_account(call.context)


async def pending_email(context: RequestContext, row: Row) -> str | None:
    """Return the requested address that is not confirmed yet."""

    async def load(ids: list[UUID]) -> list[str | None]:
        rows = await context.fetch(PENDING_EMAILS_OF_ACCOUNTS, ids=ids, now=seconds())
        pending = {row["account_id"]: row["new_email"] for row in rows}
        return [pending.get(account_id) for account_id in ids]

    email: str | None = await context.loader(PENDING_EMAILS_OF_ACCOUNTS, load).load(row["account_id"])
    return email
