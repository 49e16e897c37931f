"""`accountClose`."""

from datetime import datetime

import strawberry

from resolvers import closing
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type, returned
from schema.declare.rules import SIGNED_IN, rule
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class AccountCloseInput:
    """Options of closing your account."""

    leave_organizations_without_administrator: bool = strawberry.field(
        default=False,
        description="Close it although organizations would be left without an administrator; they wait until one is "
        "appointed. Offer it only after a refusal has named them.",
    )


@payload_type
class AccountClosePayload:
    """The time of erasure, if the account was closed."""

    erased_after: datetime | None = returned(
        lambda moment: moment, description="Time of erasure; until then the link in the mail reopens the account."
    )


account_close = Mutation(
    input=AccountCloseInput,
    input_optional=True,
    payload=AccountClosePayload,
    rule=rule(SIGNED_IN),
    action=Action.ACCOUNT_CLOSE,
    refuses={
        RefusalCode.REAUTHENTICATION_REQUIRED,
        RefusalCode.SESSION_ENDED,
        RefusalCode.WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR,
    },
    resolve=closing.close,
    description="Close your account: every session ends at once, and after 30 days all your data is erased. "
    "`reauthenticate` first. Refused while you are the last administrator of an organization, unless "
    "you override it.",
)
