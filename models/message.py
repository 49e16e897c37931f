"""The outbox: messages written in the transaction of the action that causes them, and sent by a worker."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, bindparam, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.account import Account, Language
from models.db.base import Base, Id, Moment, checked_text
from models.db.keyset import Listing, nodes
from models.db.query import labelled


class MessageStatus(StrEnum):
    """States of a message; `DOUBTFUL` was being handed over when the worker died, and is never retried by itself."""

    WAITING = "WAITING"
    SENDING = "SENDING"
    SENT = "SENT"
    DOUBTFUL = "DOUBTFUL"
    FAILED = "FAILED"


class Message(Base):
    """One mail to one address; `secrets` are deleted once it is sent, because links open accounts."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_due", "send_after", postgresql_where="status = 'WAITING'"),
        Index("ix_messages_handed_over", "sending_at", postgresql_where="status IN ('SENDING', 'DOUBTFUL')"),
        Index("ix_messages_account_id_id", "account_id", "id"),
        # The kind is not in the key: an administrator who is a user too gets one message with both texts.
        Index(
            "uq_messages_campaign_id_account_id",
            "campaign_id",
            "account_id",
            unique=True,
            postgresql_where="campaign_id IS NOT NULL",
        ),
        CheckConstraint("campaign_id IS NULL OR account_id IS NOT NULL", "campaign_has_account"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    campaign_id: Mapped[UUID | None]
    email: Mapped[str] = mapped_column(Text)
    email_key: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
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

# Hide links that confirm another address: the message would reveal that the address has no account.
_LISTED = or_(Message.kind != "EMAIL_CHANGE_CONFIRM", Message.email_key == Account.email_key)
MESSAGES = (
    select(Message.account_id, *COLUMNS).join_from(Message, Account, Account.id == Message.account_id).where(_LISTED)
)
MESSAGES_BY_ID = nodes("Message", MESSAGES, Message.id)
MESSAGES_OF_ACCOUNT = Listing(MESSAGES, id=Message.id, owner=Message.account_id, descending=True)
MESSAGE_BY_CODE = select(*COLUMNS).where(
    Message.verification_code == bindparam("code", type_=Text()), Message.status == MessageStatus.SENT
)
