"""Messages that we have sent, as their readers see them."""

from datetime import datetime

import strawberry

from auth.permissions import StaffPermission
from models.message import MessageStatus
from resolvers import message
from schema.declare.fields import Node, column, computed, node_id
from schema.declare.rules import PUBLIC, SELF, rule
from usecases.mail.message_kind import MessageKind

strawberry.enum(MessageKind, description="The kind of a message: what it tells or asks.")
strawberry.enum(
    MessageStatus,
    description="State of a message. `DOUBTFUL`: the mail server may or may not have taken it; ask for it again.",
)

_SENT_TO = "The address it was sent to, as its owner knows it again: `l…@example.fi`."


@strawberry.type(
    directives=[rule(SELF, staff=StaffPermission.ACCOUNTS_READ)], description="A message to one person, sent by e-mail."
)
class Message(Node):
    """A message to one person, sent by e-mail."""

    id: strawberry.ID = node_id("Message", "message_id")
    kind: MessageKind = column()
    subject: str = computed(message.subject, description="In the language that the message is written in.")
    sent_to: str = computed(message.sent_to, description=_SENT_TO)
    status: MessageStatus = column()
    created_at: datetime = column(description="When what it tells of happened.")
    sent_at: datetime | None = column(description="When the mail server took it.")


@strawberry.type(directives=[rule(PUBLIC)], description="A message that we did send.")
class GenuineMessage:
    """A message that we did send."""

    kind: MessageKind = column("message_kind")
    subject: str = computed(message.subject, description="In the language that the message is written in.")
    sent_to: str = computed(message.sent_to, description=_SENT_TO)
    sent_at: datetime = column("message_sent_at")
