"""Alarms: messages about what a thief may have done, each with a link by which the owner says "This was not me"."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, issue
from models.account import Account
from models.db.clock import now
from models.mailed_secret import Alarm
from models.message import MessageKind
from usecases.mail.enqueue import TOKEN, enqueue_message, recipient

LIFETIME = timedelta(days=7)  # as for the undo of a change of address: people come back to their mail after a week

_NOTHING_MORE: Mapping[str, str] = MappingProxyType({})


def post_alarm(db: AsyncSession, kind: MessageKind, account: Account, facts: Mapping[str, str] = _NOTHING_MORE) -> None:
    """Tell an account's owner what was done just now, at the address the account has, with a link against it."""
    secret, secret_hash = issue(TokenKind.ALARM)
    until = now() + LIFETIME
    db.add(
        Alarm(
            account_id=account.id,
            email_key=account.email_key,
            secret_hash=secret_hash,
            created_at=now(),
            expires_at=until,
        )
    )
    told = {"at": now().isoformat(), "until": until.isoformat(), **facts}
    enqueue_message(db, kind, recipient(account), told, {TOKEN: secret})
