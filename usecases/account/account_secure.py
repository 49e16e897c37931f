"""Answer to an alarm: the owner says "This was not me", and everybody is signed out until they set a new password.

The holder of an alarm's link reads the mailbox, or was forwarded the message. So the answer gives nothing away: it
signs nobody in, and the link to set a password goes to the mailbox again.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind
from models.mailed_secret import ALARM_BY_SECRET, Alarm
from usecases.account.mailbox import locked_account
from usecases.account.recovery import RECOVERABLE, mail_way_back, shut_everybody_out
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.gate import Gate
from usecases.session.mailed_link import require_link
from usecases.session.mailed_secret import Link, consume, link_invalid


async def secure_account(gate: Gate, token: str) -> None:
    """Shut everybody out of the account whose alarm holds the token; raises RefusedError as `apply_alarm` does."""
    link = await require_link(gate, TokenKind.ALARM, ALARM_BY_SECRET, token)
    await gate.run(lambda db, actor, now: apply_alarm(db, actor, link, now=now))


async def apply_alarm(db: AsyncSession, actor: Actor, link: Link, *, now: datetime) -> None:
    """Sign everybody out of an account by the link of an alarm, and mail its owner a link to recover it.

    Raises RefusedError TOKEN_INVALID if the link was used, superseded or has expired. The same applies to a link that
    went to an address that the account no longer has: the notice to that address undoes the change.
    """
    account = await locked_account(db, link.account_id)
    if account is None or account.status not in RECOVERABLE:
        raise link_invalid()
    await consume(db, Alarm, link, account, now=now)
    ended = await shut_everybody_out(db, actor, account, now)
    await mail_way_back(db, account, now)
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_SECURE, account.id, changes={"sessions_ended": ended}))
    await db.flush()
