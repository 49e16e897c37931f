"""Audit entries of an account, as its owner reads them."""

from datetime import datetime

import strawberry

from auth.permissions import StaffPermission
from models.audit import AuditResult
from models.values.network import network_of
from models.values.user_agent import device_name
from resolvers import audit
from resolvers.audit import AuditActor
from schema.declare.enum_values import describe_values
from schema.declare.fields import Node, column, computed, node_id
from schema.declare.rules import SELF, rule

strawberry.enum(AuditResult, description="Result of an action: done or refused.")
strawberry.enum(
    AuditActor,
    description="Actor of an action.",
)
describe_values(
    {
        AuditActor.YOU: "The account's owner.",
        AuditActor.SOMEBODY_ELSE: "Another person, such as staff.",
        AuditActor.SYSTEM: "The server itself, such as an import.",
        AuditActor.NOT_SIGNED_IN: "A caller with a link from a mail, or one who could not sign in.",
    }
)


@strawberry.type(directives=[rule(SELF, staff=StaffPermission.ACCOUNTS_READ)])
class AuditEntry(Node):
    """One action on an account, done or refused. Entries cannot be changed or removed."""

    id: strawberry.ID = node_id("AuditEntry", "audit_entry_id")
    at: datetime = column()
    action: str = column(description="Code of the action, for programs: `profile.update`.")
    result: AuditResult = column()
    text: str = computed(audit.in_words, description="The action as a sentence, in the language of the request.")
    actor: AuditActor = computed(audit.actor_of)
    device: str | None = computed(
        lambda row, _: device_name(row["audit_entry_user_agent"]),
        description="Browser or app and its system, as it named itself: `Firefox, Windows`.",
    )
    place: str | None = computed(
        lambda row, context: context.resources.places.text(row["audit_entry_address"], context.language),
        reads=("audit_entry_address",),
        description="Approximate place of the caller, in the language of the request: `Tampere, Finland`. Null if the "
        "server has no database of places.",
    )
    network: str | None = computed(
        lambda row, _: network_of(row["audit_entry_address"]),
        reads=("audit_entry_address",),
        rule=rule(staff=StaffPermission.ACCOUNTS_READ),
        description="Network of the caller, for support: `192.0.2.0/24`.",
    )
