"""Root type of subscriptions over `graphql-transport-ws`."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers import subscription
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.account import Account


@strawberry.type(directives=[rule(PUBLIC)])
class SessionEnd:
    """End of a session."""

    noticed_at: datetime = computed(lambda moment, _: moment, description="Time of the end, exact to a few seconds.")


async def _me(info: Info) -> Any:
    async for account in subscription.own_account(info.context):
        yield account


async def _session_ended(info: Info) -> Any:
    async for moment in subscription.session_ended(info.context):
        yield moment


@strawberry.type
class Subscription:
    """All subscriptions (`graphql-transport-ws`)."""

    me: Account | None = strawberry.subscription(
        resolver=_me,
        directives=[rule(SIGNED_IN, with_tasks=True)],
        description="Your account, now and within seconds of each change of your details, roles or tasks.",
    )
    session_ended: SessionEnd | None = strawberry.subscription(
        resolver=_session_ended,
        directives=[rule(SIGNED_IN, with_tasks=True)],
        description="One event, when your session ends: signed out elsewhere, or your account closed or suspended. The "
        "connection then closes with 4401.",
    )
