"""`emailChangeRequest`."""

from typing import Any

import strawberry

from resolvers import email_change as resolvers
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.account import Account
from schema.types.user_error import UserError


@strawberry.input(description="The address that your account is to have.")
class EmailChangeRequestInput:
    """The address that your account is to have."""

    email: str
    acknowledge_role_mailbox: bool = strawberry.field(
        default=False, description="Use this address although several people may read it (`info@`, `toimisto@`)."
    )


@strawberry.type(directives=[rule(PUBLIC)], description="Your account, as yet with its old address.")
class EmailChangeRequestPayload:
    """Your account, as yet with its old address."""

    account: Account | None = computed(lambda outcome, _: outcome.account)
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: EmailChangeRequestInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Ask for another address."""
    return await resolvers.request(info.context, input.email, acknowledged=input.acknowledge_role_mailbox)


email_change_request: EmailChangeRequestPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(SIGNED_IN, with_tasks=True)],
    metadata={"proof": True},
    description="Ask for another address, within ten minutes of signing in or `reauthenticate`. A link goes to the new "
    "address; until `emailChangeConfirm` the old one signs in. A newer request ends the one before. Whether somebody "
    "else has the address is not told; its owner is.",
)
