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
    """The link from the message about the closing."""

    token: str


@payload_type
class AccountCloseUndoPayload:
    """User errors only; without any, the account is open again."""


account_close_undo = Mutation(
    input=AccountCloseUndoInput,
    payload=AccountCloseUndoPayload,
    rule=rule(PUBLIC),
    action=Action.ACCOUNT_CLOSE_UNDO,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.TOKEN_INVALID},
    resolve=undo_closing,
    description="Reopen a closed account by the link in the message about the closing; then sign in as before.",
)
