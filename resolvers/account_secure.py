"""`accountSecure`: the owner's answer "This was not me" to an alarm."""

from auth.tokens import TokenKind
from models.mailed_secret import ALARM_BY_SECRET
from resolvers.core.mailed_links import found
from resolvers.core.mutation_call import MutationCall
from usecases.account.account_secure import secure_account
from usecases.session.mailed_secret import link_invalid


async def secure(call: MutationCall, token: str) -> None:
    """End every session of the account whose alarm mail holds the token, and void its password."""
    alarm = await found(call.context, TokenKind.ALARM, ALARM_BY_SECRET, token)
    if alarm is None:
        raise link_invalid()
    link, _ = alarm
    call.subject_id = link.account_id
    await call.run(lambda db, actor: secure_account(db, actor, link))
