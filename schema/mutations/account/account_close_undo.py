"""`accountCloseUndo`."""

from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type
from schema.declare.rules import PUBLIC, rule
from usecases.account.closing import undo_closing
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class AccountCloseUndoInput:
    """What the link in the mail about the closing holds."""

    token: str


@payload_type
class AccountCloseUndoPayload:
    """Without user errors, the account is open again."""


account_close_undo = Mutation(
    input=AccountCloseUndoInput,
    payload=AccountCloseUndoPayload,
    rule=rule(PUBLIC),
    action=Action.ACCOUNT_CLOSE_UNDO,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.TOKEN_INVALID},
    resolve=undo_closing,
    description="Open a closed account again, by the link that was mailed when it was closed; then sign in as before.",
)
