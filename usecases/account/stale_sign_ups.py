"""Stale sign-ups: accounts that nobody confirmed are erased, so that they occupy no address for long."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus
from models.mailed_secret import SignUp
from usecases.account.erasure import erase_history
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.mail.enqueue import forget_messages

KEPT_FOR = timedelta(days=7)  # after the last link has expired; a new link can be requested until then
MOST_AT_ONCE = 100


async def discard_stale(db: AsyncSession, actor: Actor, *, now: datetime) -> int:
    """Erase the accounts whose last sign-up has long expired, at most MOST_AT_ONCE, and return their number."""
    fresh = exists().where(SignUp.account_id == Account.id, SignUp.expires_at > now - KEPT_FOR)
    stale = select(Account).where(
        Account.status == AccountStatus.UNVERIFIED, Account.created_at < now - KEPT_FOR, ~fresh
    )
    found = list(await db.scalars(stale.limit(MOST_AT_ONCE).with_for_update(skip_locked=True, key_share=True)))
    for account in found:
        await discard(db, account)
        write_audit(db, actor, AuditRecord(Action.ACCOUNT_DISCARD, account.id))
    await db.flush()
    return len(found)


async def discard(db: AsyncSession, account: Account) -> None:
    """Erase an unconfirmed account and all rows about it; the caller has locked it."""
    await db.execute(delete(SignUp).where(SignUp.account_id == account.id))
    await forget_messages(db, account.id)
    account.status = AccountStatus.CLOSED
    await db.flush()
    account.status, account.email, account.email_key, account.display_name = AccountStatus.ERASED, None, None, ""
    await db.flush()
    await erase_history(db, account.id)
