"""Changing the viewer's address, and undoing a change from the old one."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, digest
from auth.viewer import AccountViewer
from models.account import ACCOUNTS_BY_ID
from models.db.clock import seconds
from models.db.query import Row
from models.proof import EMAIL_CHANGE_BY_UNDO, PENDING_EMAILS_OF_ACCOUNTS
from models.task import TaskKind
from resolvers.core.constant_time import even_time
from resolvers.core.context import RequestContext
from resolvers.core.mailed_links import found
from resolvers.core.mutations import Outcome, attempt
from resolvers.core.rate_limits import throttle_mail, throttle_operation
from usecases.account import email_change
from usecases.account.email_change_revert import revert_email_change
from usecases.session.proof import link_invalid


@dataclass(slots=True)
class EmailChanged(Outcome):
    """The viewer's account as it is now, whether the deed was done or refused."""

    account: Row | None = None


async def request(context: RequestContext, email: str, *, acknowledged: bool) -> EmailChanged:
    """Ask for another address; the answer does not tell whether somebody has it, nor does its time."""
    await throttle_operation(context, "emailChangeRequest")

    async def deed(session: AsyncSession) -> None:
        address = email_change.suitable_address(context.author, email, acknowledged=acknowledged)
        await throttle_mail(context, address)
        await email_change.request_email_change(session, context.author, address)

    async with even_time():
        refusals = await attempt(context, "account.emailChangeRequest", context.viewer.account_id, deed)
    return EmailChanged(refusals, account=context.viewer.account)


async def confirm(context: RequestContext, token: str) -> EmailChanged:
    """Take the new address into use, and go on with the account as it is then."""
    await throttle_operation(context, "emailChangeConfirm")
    secret_hash = digest(TokenKind.EMAIL_CHANGE, token)

    async def deed(session: AsyncSession) -> None:
        await email_change.confirm_email_change(session, context.author, secret_hash)

    refusals = await attempt(context, "account.emailChangeConfirm", context.viewer.account_id, deed)
    rows = await context.fetch(ACCOUNTS_BY_ID, ids=[context.viewer.account_id])
    done = () if refusals else (TaskKind.CHOOSE_OWN_EMAIL, TaskKind.CONFIRM_EMAIL)
    assert isinstance(context.viewer, AccountViewer), "the field is for signed-in callers"
    context.change_viewer(replace(context.viewer.without_tasks(*done), account=rows[0]))
    return EmailChanged(refusals, account=rows[0])


async def revert(context: RequestContext, token: str) -> Outcome:
    """Undo a change of address by the link in its notice."""
    await throttle_operation(context, "emailChangeRevert")
    undo = await found(context, TokenKind.EMAIL_UNDO, EMAIL_CHANGE_BY_UNDO, token)

    async def deed(session: AsyncSession) -> None:
        if undo is None:
            raise link_invalid()
        await revert_email_change(session, context.author, undo[0])

    return Outcome(await attempt(context, "account.emailChangeRevert", undo and undo[0].account_id, deed))


async def pending_email(context: RequestContext, row: Row) -> str | None:
    """Return the address that an account is to have once that is confirmed."""

    async def load(ids: list[UUID]) -> list[str | None]:
        rows = await context.fetch(PENDING_EMAILS_OF_ACCOUNTS, ids=ids, now=seconds())
        pending = {row["account_id"]: row["new_email"] for row in rows}
        return [pending.get(account_id) for account_id in ids]

    email: str | None = await context.loader(PENDING_EMAILS_OF_ACCOUNTS, load).load(row["account_id"])
    return email
