"""What was done to an account, or attempted, as its owner reads it."""

from datetime import datetime

import strawberry

from auth.permissions import StaffPermission
from models.audit import AuditResult
from models.values.network import network_of
from models.values.user_agent import device_name
from resolvers import audit
from resolvers.audit import AuditActor
from schema.declare.fields import Node, column, computed, node_id
from schema.declare.rules import SELF, rule

strawberry.enum(AuditResult, description="Whether an action was done or refused.")
strawberry.enum(
    AuditActor, description="Who did it. `NOT_SIGNED_IN`: by a link in a mail, or somebody who could not sign in."
)


@strawberry.type(
    directives=[rule(SELF, staff=StaffPermission.ACCOUNTS_READ)],
    description="What was done to an account, or attempted and refused; nobody can change or remove it.",
)
class AuditEntry(Node):
    """What was done to an account, or attempted and refused."""

    id: strawberry.ID = node_id("AuditEntry", "audit_entry_id")
    at: datetime = column()
    action: str = column(description="The action's name, for programs: `profile.update`.")
    result: AuditResult = column()
    text: str = computed(audit.in_words, description="What happened, in the language of the request.")
    actor: AuditActor = computed(audit.actor_of)
    device: str | None = computed(
        lambda row, _: device_name(row["audit_entry_user_agent"]),
        description="What the browser or app said it was: `Firefox, Windows`.",
    )
    place: str | None = computed(
        lambda row, context: context.resources.places.text(row["audit_entry_address"], context.language),
        reads=("audit_entry_address",),
        description="Where it came from, roughly, in the language of the request: `Tampere, Finland`. Null where the "
        "server has no database of places.",
    )
    network: str | None = computed(
        lambda row, _: network_of(row["audit_entry_address"]),
        reads=("audit_entry_address",),
        rule=rule(staff=StaffPermission.ACCOUNTS_READ),
        description="The network it came from, `192.0.2.0/24`, for support.",
    )
