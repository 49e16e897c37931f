"""The owner's answer to an alarm."""

from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind
from models.proof import ALARM_BY_SECRET
from resolvers.core.context import RequestContext
from resolvers.core.mailed_links import found
from resolvers.core.mutations import Outcome, attempt
from resolvers.core.rate_limits import throttle_operation
from usecases.account.account_secure import secure_account
from usecases.session.proof import link_invalid


async def secure(context: RequestContext, token: str) -> Outcome:
    """Shut everybody out of the account whose alarm holds the token."""
    await throttle_operation(context, "accountSecure")
    alarm = await found(context, TokenKind.ALARM, ALARM_BY_SECRET, token)

    async def deed(session: AsyncSession) -> None:
        if alarm is None:
            raise link_invalid()
        await secure_account(session, context.author, alarm[0])

    return Outcome(await attempt(context, "account.secure", alarm and alarm[0].account_id, deed))
