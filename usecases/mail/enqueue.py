"""Outbox: messages are written in the transaction of their action, so that neither exists without the other."""

import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models.account import Account, AccountStatus, Language
from models.message import Message, MessageStatus
from usecases.mail.facts import Fact, Facts, stored
from usecases.mail.message_kind import MessageKind

TOKEN = "token"  # noqa: S105 - the name of the secret that a message's link carries

_CODE_CHARACTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without characters that look alike
_CODE_GROUPS, _GROUP_LENGTH = 3, 5  # 74 bits, because a code proves a message genuine and must not be guessed
_ONE_EACH = (Message.campaign_id, Message.account_id)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person and their address: always the stored address, never a typed one (Django CVE-2019-19844)."""

    account_id: UUID | None
    email: str
    email_key: str
    language: Language
    name: str


def recipient(account: Account) -> Recipient:
    """Return an account's owner as a recipient.

    An unverified account has no name in its messages, because nobody has proved that the name is theirs (B26).
    """
    name = "" if account.status is AccountStatus.UNVERIFIED else account.display_name
    return Recipient(account.id, str(account.email), str(account.email_key), account.language, name)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to send. `token` is the secret of its link, deleted after sending.

    Raises ValueError if the token or a fact that its kind needs is missing, and for any that its kind does not have.
    """

    kind: MessageKind
    to: Recipient
    facts: Facts = field(default_factory=dict)
    token: str | None = None

    def __post_init__(self) -> None:
        if (self.token is not None) != (self.kind.any_link is not None):
            raise ValueError(f"{self.kind} {'has no link, so give no token' if self.token else 'needs a token'}")
        given = set(self.facts)
        missing, unknown = self.kind.facts - given, given - self.kind.facts - self.kind.may_tell
        if missing or unknown:
            raise ValueError(f"{self.kind} needs the facts {sorted(missing)} and has no {sorted(unknown)}")


def enqueue(db: AsyncSession, message: NewMessage, now: datetime) -> None:
    """Add a message to the outbox; the worker renders and sends it after the action has committed."""
    db.add(Message(**_columns(message, now)))


async def enqueue_in_campaign(db: AsyncSession, message: NewMessage, campaign_id: UUID, now: datetime) -> bool:
    """Add a message to the outbox, unless the person has one of this campaign already.

    Returns True if it was added. The kind does not count: an administrator who is a user too gets one message with
    both texts. Raises ValueError for a recipient without an account.
    """
    if message.to.account_id is None:
        raise ValueError("a message of a campaign needs an account, by which it is unique")
    values = _columns(message, now) | {"id": uuid7(), "status": MessageStatus.WAITING, "campaign_id": campaign_id}
    once = insert(Message).values(values)
    once = once.on_conflict_do_nothing(index_elements=_ONE_EACH, index_where=Message.campaign_id.is_not(None))
    return await db.scalar(once.returning(Message.id)) is not None


async def forget_messages(db: AsyncSession, account_id: UUID) -> None:
    """Delete every message to an account that is being erased, sent or not, with its verification code."""
    await db.execute(delete(Message).where(Message.account_id == account_id))


def _columns(message: NewMessage, now: datetime) -> dict[str, Any]:
    to = message.to
    facts: Mapping[str, Any] = {name: stored(value) for name, value in message.facts.items()}
    return {
        "account_id": to.account_id,
        "email": to.email,
        "email_key": to.email_key,
        "kind": message.kind.value,
        "language": to.language,
        "facts": {**facts, Fact.NAME.value: to.name},
        "secrets": {TOKEN: message.token} if message.token else None,
        "verification_code": _new_code(),
        "created_at": now,
        "send_after": now,
    }


def _new_code() -> str:
    groups = ("".join(randomness.choice(_CODE_CHARACTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_CODE_GROUPS))
    return "-".join(groups)
