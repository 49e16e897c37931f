"""The outbox: mail written in the transaction of the action that causes it, and sent by a worker."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, bindparam, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.account import Account, Language
from models.db.base import Base, Id, Moment, checked_text
from models.db.keyset import Listing, nodes
from models.db.query import labelled


class MessageStatus(StrEnum):
    """Where a mail is; `DOUBTFUL` was being handed over when the worker died, and is never sent by itself again."""

    WAITING = "WAITING"
    SENDING = "SENDING"
    SENT = "SENT"
    DOUBTFUL = "DOUBTFUL"
    FAILED = "FAILED"


class MessageKind(StrEnum):
    """What we write to people; each has its texts in every language and, where it opens something, a link."""

    SIGN_UP_CONFIRM = "SIGN_UP_CONFIRM"
    ALREADY_HAVE_ACCOUNT = "ALREADY_HAVE_ACCOUNT"
    ALREADY_HAVE_CLOSED_ACCOUNT = "ALREADY_HAVE_CLOSED_ACCOUNT"
    EMAIL_PROOF = "EMAIL_PROOF"
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105 - a kind of message
    PASSWORD_MISSING = "PASSWORD_MISSING"  # noqa: S105 - a kind of message
    PASSWORD_VOIDED = "PASSWORD_VOIDED"  # noqa: S105 - a kind of message
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 - a kind of message
    PASSWORD_SET = "PASSWORD_SET"  # noqa: S105 - a kind of message
    EMAIL_CHANGE_CONFIRM = "EMAIL_CHANGE_CONFIRM"
    EMAIL_CHANGED_NOTICE = "EMAIL_CHANGED_NOTICE"
    EMAIL_CHANGE_ATTEMPTED = "EMAIL_CHANGE_ATTEMPTED"
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
    ACCOUNT_REOPEN = "ACCOUNT_REOPEN"
    ACCOUNT_SUSPENDED = "ACCOUNT_SUSPENDED"
    ACCOUNT_ERASED = "ACCOUNT_ERASED"
    SESSION_FAMILY_REVOKED = "SESSION_FAMILY_REVOKED"
    SIGNED_IN_FROM_NEW_DEVICE = "SIGNED_IN_FROM_NEW_DEVICE"
    ADMINISTRATOR_AT_RISK = "ADMINISTRATOR_AT_RISK"
    ADMINISTRATOR_VACANT = "ADMINISTRATOR_VACANT"


class Message(Base):
    """One mail to one address; `secrets` are dropped once it is sent, because links open accounts."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_due", "send_after", postgresql_where="status = 'WAITING'"),
        Index("ix_messages_handed_over", "sending_at", postgresql_where="status IN ('SENDING', 'DOUBTFUL')"),
        Index("ix_messages_account_id_id", "account_id", "id"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    email: Mapped[str] = mapped_column(Text)
    email_key: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column("letter", Text)
    language: Mapped[Language] = mapped_column(checked_text(Language))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    secrets: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    verification_code: Mapped[str] = mapped_column(Text, unique=True)
    status: Mapped[MessageStatus] = mapped_column(checked_text(MessageStatus), default=MessageStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[Moment]
    send_after: Mapped[Moment]
    sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)
    bounced_at: Mapped[datetime | None]


COLUMNS = labelled(
    "message",
    Message.id,
    Message.kind,
    Message.language,
    Message.email,
    Message.status,
    Message.created_at,
    Message.sent_at,
)

# What she asked to be sent to an address that is not hers (yet) is not listed: whether there was a message to confirm
# that address would tell her whether somebody else has it.
_SHOWN_TO_OWNER = or_(Message.kind != MessageKind.EMAIL_CHANGE_CONFIRM, Message.email_key == Account.email_key)
MESSAGES = (
    select(Message.account_id, *COLUMNS)
    .join_from(Message, Account, Account.id == Message.account_id)
    .where(_SHOWN_TO_OWNER)
)
MESSAGES_BY_ID = nodes("Message", MESSAGES, Message.id)
MESSAGES_OF_ACCOUNT = Listing(MESSAGES, id=Message.id, owner=Message.account_id, descending=True)
MESSAGE_BY_CODE = select(*COLUMNS).where(
    Message.verification_code == bindparam("code", type_=Text()), Message.status == MessageStatus.SENT
)
