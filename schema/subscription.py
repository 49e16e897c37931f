"""Everything that an open connection can be told of (`graphql-transport-ws`)."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers import subscription
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.account import Account


@strawberry.type(directives=[rule(PUBLIC)], description="That a session is over.")
class SessionEnd:
    """That a session is over."""

    noticed_at: datetime = computed(lambda moment, _: moment, description="Within seconds of its end.")


async def _me(info: Info) -> Any:
    async for account in subscription.own_account(info.context):
        yield account


async def _session_ended(info: Info) -> Any:
    async for moment in subscription.session_ended(info.context):
        yield moment


@strawberry.type(description="Everything that an open connection can be told of.")
class Subscription:
    """Everything that an open connection can be told of."""

    me: Account | None = strawberry.subscription(
        resolver=_me,
        directives=[rule(SIGNED_IN, with_tasks=True)],
        description="You, now and whenever your details, roles or tasks change, within seconds.",
    )
    session_ended: SessionEnd | None = strawberry.subscription(
        resolver=_session_ended,
        directives=[rule(SIGNED_IN, with_tasks=True)],
        description="Comes once when your session is over: signed out elsewhere, or your account closed or suspended. "
        "The connection closes with 4401 right after.",
    )
