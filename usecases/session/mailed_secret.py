"""Mailed secrets: a new one supersedes the former, and one guarded statement consumes each once.

The guard is in the statement itself (B04, B05, B11): unused, in time, for this account and its present address.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account
from models.mailed_secret import EmailChange, MailedSecret
from usecases.refusal import Refusal, RefusalCode, RefusedError


@dataclass(frozen=True, slots=True)
class Link:
    """A secret from a message, as found before the action: its account and its stored hash."""

    account_id: UUID
    secret_hash: bytes


async def supersede(db: AsyncSession, kind: type[MailedSecret], account_id: UUID, now: datetime) -> None:
    """End an account's open secrets of that kind; the caller has locked the account."""
    still_open = (kind.account_id == account_id) & kind.consumed_at.is_(None) & kind.ended_at.is_(None)
    await _execute(db, update(kind).where(still_open).values(ended_at=now))


async def end_email_changes(db: AsyncSession, account_id: UUID, now: datetime) -> None:
    """End a change of address that was requested and not confirmed."""
    still_open = (
        (EmailChange.account_id == account_id) & EmailChange.confirmed_at.is_(None) & EmailChange.ended_at.is_(None)
    )
    await _execute(db, update(EmailChange).where(still_open).values(ended_at=now))


async def consume(
    db: AsyncSession,
    kind: type[MailedSecret],
    link: Link,
    account: Account,
    *limits: ColumnElement[bool],
    now: datetime,
) -> None:
    """Consume a mailed secret; raises RefusedError TOKEN_INVALID if it cannot be used, or not for this account."""
    used = (
        update(kind)
        .where(
            kind.secret_hash == link.secret_hash,
            kind.account_id == account.id,
            kind.email_key == account.email_key,
            kind.consumed_at.is_(None),
            kind.ended_at.is_(None),
            kind.expires_at > now,
            *limits,
        )
        .values(consumed_at=now)
        .returning(kind.id)
    )
    if (await _execute(db, used)).first() is None:
        raise link_invalid()


def link_invalid() -> RefusedError:
    """Return the one refusal of every secret that cannot be used; it does not tell the reason."""
    return RefusedError([Refusal(RefusalCode.TOKEN_INVALID, "TOKEN_INVALID", ("token",))])


async def _execute(db: AsyncSession, statement: Any) -> Any:
    return await db.execute(statement, execution_options={"synchronize_session": False})
