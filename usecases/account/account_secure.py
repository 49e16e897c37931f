"""The answer to an alarm: its owner says "This was not me", and everybody is shut out until they set a new password.

The holder of an alarm's link reads the mailbox, or was forwarded the message. So the answer gives nothing away: it
signs nobody in, and the link to set a password goes to the mailbox again.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from models.proof import Alarm
from usecases.account.mailbox import locked_account
from usecases.account.recovery import RECOVERABLE, mail_way_back, shut_everybody_out
from usecases.audit.deed import Author, Deed, record
from usecases.clock import now
from usecases.session.proof import Link, consume, link_invalid


async def secure_account(session: AsyncSession, author: Author, link: Link) -> None:
    """Shut everybody out of an account by the link of an alarm, and mail its owner the way back.

    Raises RefusedError TOKEN_INVALID when the link was used or superseded, is too late, or went to an address that the
    account no longer has: the notice to that address undoes the change.
    """
    account = await locked_account(session, link.account_id)
    if account is None or account.status not in RECOVERABLE:
        raise link_invalid()
    await consume(session, Alarm, link, account)
    at = now()
    ended = await shut_everybody_out(session, author, account, at)
    await mail_way_back(session, account, at)
    record(session, author, Deed("account.secure", account.id, changes={"sessions_ended": ended}))
    await session.flush()
