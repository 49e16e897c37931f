"""Change of the viewer's address, and its undoing from the old address."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, digest
from auth.viewer import AccountViewer
from models.db.clock import seconds
from models.db.query import Row
from models.mailed_secret import EMAIL_CHANGE_BY_UNDO, PENDING_EMAILS_OF_ACCOUNTS
from models.task import TaskKind
from resolvers.core.constant_time import pad_response_time
from resolvers.core.context import RequestContext
from resolvers.core.mailed_links import found
from resolvers.core.mutation_call import MutationCall
from resolvers.core.rate_limits import rate_limit_mail
from resolvers.profile import reread_account
from usecases.account import email_change
from usecases.account.email_change_revert import revert_email_change
from usecases.audit.audit_record import Actor
from usecases.session.mailed_secret import link_invalid


async def request(call: MutationCall, email: str, acknowledge_role_mailbox: bool) -> None:
    """Request another address; neither answer nor timing reveals whether the address has an account."""

    async def ask(db: AsyncSession, actor: Actor) -> None:
        address = email_change.suitable_address(actor, email, acknowledged=acknowledge_role_mailbox)
        await rate_limit_mail(call.context, address)
        await email_change.request_email_change(db, actor, address)

    async with pad_response_time():
        await call.run(ask)


async def confirm(call: MutationCall, token: str) -> None:
    """Replace the address by the confirmed one, and continue with the changed account."""
    secret_hash = digest(TokenKind.EMAIL_CHANGE, token)
    try:
        await call.run(lambda db, actor: email_change.confirm_email_change(db, actor, secret_hash))
        assert isinstance(call.context.viewer, AccountViewer), "the field is for signed-in callers"
        done = call.context.viewer.without_tasks(TaskKind.CHOOSE_OWN_EMAIL, TaskKind.CONFIRM_EMAIL)
        call.context.change_viewer(done)
    finally:
        await reread_account(call.context)


async def revert(call: MutationCall, token: str) -> None:
    """Undo a change of address by the link in its notice."""
    undo = await found(call.context, TokenKind.EMAIL_UNDO, EMAIL_CHANGE_BY_UNDO, token)
    if undo is None:
        raise link_invalid()
    link, _ = undo
    call.subject_id = link.account_id
    await call.run(lambda db, actor: revert_email_change(db, actor, link))


async def pending_email(context: RequestContext, row: Row) -> str | None:
    """Return the requested address that is not confirmed yet."""

    async def load(ids: list[UUID]) -> list[str | None]:
        rows = await context.fetch(PENDING_EMAILS_OF_ACCOUNTS, ids=ids, now=seconds())
        pending = {row["account_id"]: row["new_email"] for row in rows}
        return [pending.get(account_id) for account_id in ids]

    email: str | None = await context.loader(PENDING_EMAILS_OF_ACCOUNTS, load).load(row["account_id"])
    return email
