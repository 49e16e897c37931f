"""The owner's answer to an alarm."""

from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind
from models.proof import ALARM_BY_SECRET
from resolvers.context import RequestContext
from resolvers.deeds import Outcome, attempt
from resolvers.links import found
from resolvers.throttling import throttle_operation
from usecases.account_secure import secure_account
from usecases.proof import link_invalid


async def secure(context: RequestContext, token: str) -> Outcome:
    """Shut everybody out of the account whose alarm holds the token."""
    await throttle_operation(context, "accountSecure")
    alarm = await found(context, TokenKind.ALARM, ALARM_BY_SECRET, token)

    async def deed(session: AsyncSession) -> None:
        if alarm is None:
            raise link_invalid()
        await secure_account(session, context.author, alarm[0])

    return Outcome(await attempt(context, "account.secure", alarm and alarm[0].account_id, deed))
