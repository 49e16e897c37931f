"""Sessions: signed-in devices, as their owner sees them."""

from datetime import datetime

import strawberry

from auth.policies import session as policies
from models.session import Transport
from models.values.user_agent import device_name
from resolvers import session
from schema.declare.capability import capability
from schema.declare.enum_values import describe_values
from schema.declare.fields import Node, column, computed, node_id
from schema.declare.rules import SELF, rule

strawberry.enum(
    Transport,
    name="SignInTransport",
    description="Carrier of a session's secrets.",
)
describe_values(
    {
        Transport.COOKIE: "Cookies, for browsers on our own sites.",
        Transport.TOKEN: "Tokens in the answer, for mobile apps and everything else.",
    }
)

OWN_ONLY = rule(SELF, with_tasks=True)


@strawberry.type(directives=[OWN_ONLY])
class Session(Node):
    """A signed-in device."""

    id: strawberry.ID = node_id("Session", "session_id")
    transport: Transport = column()
    device: str | None = computed(
        lambda row, _: device_name(row["session_user_agent"]),
        description="Browser or app and its system, as it names itself: `Firefox, Windows`.",
    )
    place: str | None = computed(
        lambda row, context: context.resources.places.text(row["session_network"], context.language),
        reads=("session_network",),
        description="Approximate place of the sign-in, in the language of the request: `Tampere, Finland`. Null if the "
        "server has no database of places.",
    )
    created_at: datetime = column()
    last_seen_at: datetime = column(description="Time of the last request, to the minute.")
    expires_at: datetime = computed(
        lambda row, _: session.expires_at(row), description="Time when it ends if it is not used again."
    )
    ended_at: datetime | None = column()
    is_current: bool = computed(
        lambda row, context: row["session_id"] == context.viewer.session_id,
        description="True for the session of this request.",
    )
    viewer_can_revoke, viewer_cannot_revoke_reasons = capability(
        "sessionRevoke", policies.reasons_against_revocation, "account_id", "session_ended_at"
    )
