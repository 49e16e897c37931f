"""One device signed in, as the person herself sees it."""

from datetime import datetime

import strawberry

from auth.policies import session as policies
from models.session import Transport
from models.values.user_agent import device_name
from resolvers import session
from schema.declare.capability import capability
from schema.declare.fields import Node, column, computed, node_id
from schema.declare.rules import SELF, rule

strawberry.enum(
    Transport,
    name="SignInTransport",
    description="`COOKIE` for browsers on our own sites; `TOKEN` for mobile apps and everything else.",
)

OWN_ONLY = rule(SELF, with_tasks=True)


@strawberry.type(directives=[OWN_ONLY], description="One device signed in.")
class Session(Node):
    """One device signed in."""

    id: strawberry.ID = node_id("Session", "session_id")
    transport: Transport = column()
    device: str | None = computed(
        lambda row, _: device_name(row["session_user_agent"]),
        description="What the browser or app says it is: `Firefox, Windows`.",
    )
    place: str | None = computed(
        lambda row, context: context.resources.places.text(row["session_network"], context.language),
        reads=("session_network",),
        description="Where it signed in from, roughly, in the language of the request: `Tampere, Finland`. Null where "
        "the server has no database of places.",
    )
    created_at: datetime = column()
    last_seen_at: datetime = column(description="To the minute.")
    expires_at: datetime = computed(
        lambda row, _: session.expires_at(row), description="Until when it lasts if nobody uses it again."
    )
    ended_at: datetime | None = column()
    is_current: bool = computed(
        lambda row, context: row["session_id"] == context.viewer.session_id,
        description="Whether it is the one that asks.",
    )
    viewer_can_revoke, viewer_cannot_revoke_reasons = capability(
        "sessionRevoke", policies.reasons_against_revocation, "account_id", "session_ended_at"
    )
