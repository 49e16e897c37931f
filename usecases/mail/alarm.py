"""Alarms:

messages about actions that a thief may have done, each with a link by which the owner says "This was not me".
"""

from datetime import datetime
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, issue
from models.account import Account
from models.mailed_secret import Alarm
from usecases.mail.enqueue import NewMessage, enqueue, recipient
from usecases.mail.facts import Facts
from usecases.mail.message_kind import MessageKind

_NOTHING_MORE: Facts = MappingProxyType({})


def enqueue_alarm(
    db: AsyncSession, kind: MessageKind, account: Account, now: datetime, facts: Facts = _NOTHING_MORE
) -> None:
    """Notify an account's owner of an action at the account's present address, with a link to report it."""
    secret, secret_hash = issue(TokenKind.ALARM)
    until = now + kind.life
    db.add(
        Alarm(
            account_id=account.id,
            email_key=account.email_key,
            secret_hash=secret_hash,
            created_at=now,
            expires_at=until,
        )
    )
    enqueue(db, NewMessage(kind, recipient(account), {"at": now, "until": until, **facts}, secret), now)
