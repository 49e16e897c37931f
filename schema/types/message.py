"""Messages that we have sent, as their readers see them."""

from datetime import datetime

import strawberry

from auth.permissions import StaffPermission
from models.message import MessageStatus
from resolvers import message
from schema.declare.enum_values import describe_values
from schema.declare.fields import Node, column, computed, node_id
from schema.declare.rules import PUBLIC, SELF, rule
from usecases.mail.message_kind import MessageKind

strawberry.enum(MessageKind, description="Kind of a message, by its purpose.")
strawberry.enum(
    MessageStatus,
    description="State of a message.",
)
describe_values(
    {
        MessageStatus.WAITING: "In the queue.",
        MessageStatus.SENDING: "On its way to the mail server.",
        MessageStatus.SENT: "Accepted by the mail server.",
        MessageStatus.DOUBTFUL: "Unknown if the mail server accepted it; request a new one.",
        MessageStatus.FAILED: "Not sent, and never will be.",
    }
)

_SENT_TO = "Masked address of the recipient, which its owner recognises: `l…@example.fi`."


@strawberry.type(directives=[rule(SELF, staff=StaffPermission.ACCOUNTS_READ)])
class Message(Node):
    """A message to one person, sent by e-mail."""

    id: strawberry.ID = node_id("Message", "message_id")
    kind: MessageKind = column()
    subject: str = computed(message.subject, description="Subject, in the language of the message.")
    sent_to: str = computed(message.sent_to, description=_SENT_TO)
    status: MessageStatus = column()
    created_at: datetime = column(description="Time of the event that the message reports.")
    sent_at: datetime | None = column(description="Time when the mail server accepted it.")


@strawberry.type(directives=[rule(PUBLIC)])
class GenuineMessage:
    """A message that we have sent."""

    kind: MessageKind = column("message_kind")
    subject: str = computed(message.subject, description="Subject, in the language of the message.")
    sent_to: str = computed(message.sent_to, description=_SENT_TO)
    sent_at: datetime = column("message_sent_at")
