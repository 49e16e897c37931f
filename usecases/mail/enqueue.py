"""Messages enqueued in the transaction of their action: neither exists without the other."""

import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus, Language
from models.db.clock import now
from models.message import Message, MessageKind

__all__ = ["ALARMS", "MessageKind", "Recipient", "delete_messages", "enqueue_message", "recipient"]

TOKEN = "token"  # noqa: S105 - the name of the secret that a message's link carries
# About what a thief may have done; each has a link by which its reader says "This was not me".
ALARMS = frozenset(
    {
        MessageKind.PASSWORD_CHANGED,
        MessageKind.PASSWORD_SET,
        MessageKind.SESSION_FAMILY_REVOKED,
        MessageKind.SIGNED_IN_FROM_NEW_DEVICE,
    }
)
WITH_LINK = ALARMS | frozenset(
    {
        MessageKind.SIGN_UP_CONFIRM,
        MessageKind.EMAIL_PROOF,
        MessageKind.PASSWORD_RESET,
        MessageKind.PASSWORD_MISSING,
        MessageKind.PASSWORD_VOIDED,
        MessageKind.EMAIL_CHANGE_CONFIRM,
        MessageKind.EMAIL_CHANGED_NOTICE,
        MessageKind.ACCOUNT_CLOSED,
        MessageKind.ACCOUNT_REOPEN,
    }
)

_CODE_CHARACTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that are read for one another
_CODE_GROUPS, _GROUP_LENGTH = 3, 5  # 74 bits: a code is proof of a message, so none may be guessed
_NO_SECRETS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom: always the address that we store, never the one that was typed (Django CVE-2019-19844)."""

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


def enqueue_message(
    db: AsyncSession,
    kind: MessageKind,
    to: Recipient,
    facts: Mapping[str, str],
    secrets: Mapping[str, str] = _NO_SECRETS,
) -> None:
    """Add one message to the outbox; the worker renders and sends it after the action has committed.

    `facts` may hold `until` and `at` (ISO 8601 moments with zone), `device`, `place`, `organization` and `new_email`;
    whatever is left out is left out of the text. `secrets` holds the `token` of a message with a link, and is dropped
    once it is sent.
    Raises ValueError when a message with a link has no token, or one without has any.
    """
    if set(secrets) != ({TOKEN} if kind in WITH_LINK else set()):
        raise ValueError(f"give {kind} {'its token' if kind in WITH_LINK else 'no secrets'}; it has {set(secrets)}")
    enqueued_at = now()
    db.add(
        Message(
            account_id=to.account_id,
            email=to.email,
            email_key=to.email_key,
            kind=kind,
            language=to.language,
            facts=dict(facts) | {"name": to.name},
            secrets=dict(secrets) or None,
            verification_code=_new_code(),
            created_at=enqueued_at,
            send_after=enqueued_at,
        )
    )


async def delete_messages(db: AsyncSession, account_id: UUID) -> None:
    """Delete every message to an account that is being erased, sent or not; its verification codes go with it."""
    await db.execute(delete(Message).where(Message.account_id == account_id))


def _new_code() -> str:
    groups = ("".join(randomness.choice(_CODE_CHARACTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_CODE_GROUPS))
    return "-".join(groups)
