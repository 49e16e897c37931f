"""Answer to an alarm: the owner says "This was not me", and everybody is signed out until they set a new password.

The holder of an alarm's link reads the mailbox, or was forwarded the message. So the answer gives nothing away: it
signs nobody in, and the link to set a password goes to the mailbox again.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from models.db.clock import now
from models.mailed_secret import Alarm
from usecases.account.mailbox import locked_account
from usecases.account.recovery import RECOVERABLE, mail_way_back, shut_everybody_out
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.session.mailed_secret import Link, consume, link_invalid


async def secure_account(db: AsyncSession, actor: Actor, link: Link) -> None:
    """Sign everybody out of an account by the link of an alarm, and mail its owner a link to recover it.

    Raises RefusedError TOKEN_INVALID if the link was used, superseded or has expired. The same applies to a link that
    went to an address that the account no longer has: the notice to that address undoes the change.
    """
    account = await locked_account(db, link.account_id)
    if account is None or account.status not in RECOVERABLE:
        raise link_invalid()
    await consume(db, Alarm, link, account)
    at = now()
    ended = await shut_everybody_out(db, actor, account, at)
    await mail_way_back(db, account, at)
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_SECURE, account.id, changes={"sessions_ended": ended}))
    await db.flush()
