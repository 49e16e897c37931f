"""`passwordChange`."""

from resolvers import password
from resolvers.core.rate_limits import RateLimit
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type, viewer_account
from schema.declare.rules import SIGNED_IN, rule
from schema.types.account import Account
from usecases.account.new_password import PASSWORD_REFUSALS
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class PasswordChangeInput:
    """Your new password; `reauthenticate` proves the present one."""

    new_password: str


@payload_type
class PasswordChangePayload:
    """Your account, or the reasons why the password was refused."""

    account: Account | None = viewer_account()


password_change = Mutation(
    input=PasswordChangeInput,
    payload=PasswordChangePayload,
    rule=rule(SIGNED_IN, with_tasks=True),
    action=Action.ACCOUNT_PASSWORD_CHANGE,
    tries_secret=True,
    rate_limit=RateLimit.OPERATION,
    refuses={RefusalCode.REAUTHENTICATION_REQUIRED, *PASSWORD_REFUSALS},
    resolve=password.change,
    description="Change your password, within ten minutes of signing in or `reauthenticate`. Your other sessions "
    "end, and an unconfirmed change of address is cancelled.",
)
