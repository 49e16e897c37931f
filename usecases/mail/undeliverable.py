"""Addresses that mail servers refuse for good, and what that means for the organizations of their owners."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models.message import Message
from usecases.account.mailbox import account_with
from usecases.audit.deed import Author, Deed, record
from usecases.organization.administrators import put_at_risk

AUTHOR = Author(name="mail")
AT_RISK_FOR = timedelta(days=14)  # unless set: from the bounce until an organization without administrators is vacant


async def mark_undeliverable(
    session: AsyncSession, letter: Message, now: datetime, reason: str, at_risk_for: timedelta = AT_RISK_FOR
) -> None:
    """Mark the account that has this very address, once, and record it; a changed address is not blamed.

    An organization that thereby has no effective administrator is at risk for so long. Call it before the message is
    changed: the account is locked first (`usecases.organization.locks`).
    """
    account = await account_with(session, letter.email_key)
    if account is None or account.email_undeliverable_at is not None:
        return
    account.email_undeliverable_at = now
    record(session, AUTHOR, Deed("email.undeliverable", account.id, changes={"reason": reason}))
    await session.flush()
    await put_at_risk(session, AUTHOR, account.id, at_risk_for=at_risk_for, now=now)
