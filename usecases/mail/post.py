"""A deed posts its letters into its own transaction: neither the deed nor the letter exists without the other."""

import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus, Language
from models.db.clock import now
from models.message import Letter, Message

__all__ = ["ALARMS", "Letter", "Recipient", "forget_letters", "post", "recipient"]

TOKEN = "token"  # noqa: S105 - the name of the secret that a letter's link carries
# About what a thief may have done; each has a link by which its reader says "This was not me".
ALARMS = frozenset(
    {
        Letter.PASSWORD_CHANGED,
        Letter.PASSWORD_SET,
        Letter.SESSION_FAMILY_REVOKED,
        Letter.SIGNED_IN_FROM_NEW_DEVICE,
    }
)
WITH_LINK = ALARMS | frozenset(
    {
        Letter.SIGN_UP_CONFIRM,
        Letter.EMAIL_PROOF,
        Letter.PASSWORD_RESET,
        Letter.PASSWORD_MISSING,
        Letter.PASSWORD_VOIDED,
        Letter.EMAIL_CHANGE_CONFIRM,
        Letter.EMAIL_CHANGED_NOTICE,
        Letter.ACCOUNT_CLOSED,
        Letter.ACCOUNT_REOPEN,
    }
)

_CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that are read for one another
_CODE_GROUPS, _GROUP_LENGTH = 3, 5  # 74 bits: a code is proof of a letter, so none may be guessed
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


def post(
    session: AsyncSession,
    letter: Letter,
    to: Recipient,
    facts: Mapping[str, str],
    secrets: Mapping[str, str] = _NO_SECRETS,
) -> None:
    """Add one letter to the outbox; the worker renders and sends it after the deed has committed.

    `facts` may hold `until` and `at` (ISO 8601 moments with zone), `device`, `place`, `organization` and `new_email`;
    whatever is left out is left out of the text. `secrets` holds the `token` of a letter with a link, and is dropped
    once it is sent.
    Raises ValueError when a letter with a link has no token, or one without has any.
    """
    if set(secrets) != ({TOKEN} if letter in WITH_LINK else set()):
        raise ValueError(f"give {letter} {'its token' if letter in WITH_LINK else 'no secrets'}; it has {set(secrets)}")
    posted_at = now()
    session.add(
        Message(
            account_id=to.account_id,
            email=to.email,
            email_key=to.email_key,
            letter=letter,
            language=to.language,
            facts=dict(facts) | {"name": to.name},
            secrets=dict(secrets) or None,
            verification_code=_new_code(),
            created_at=posted_at,
            send_after=posted_at,
        )
    )


async def forget_letters(session: AsyncSession, account_id: UUID) -> None:
    """Delete every letter to an account that is being erased, sent or not; its verification codes go with it."""
    await session.execute(delete(Message).where(Message.account_id == account_id))


def _new_code() -> str:
    groups = ("".join(randomness.choice(_CODE_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_CODE_GROUPS))
    return "-".join(groups)
