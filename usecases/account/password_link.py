"""Links to set a password: after a request, or after the password became void."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, issue
from models.account import Account
from models.mailed_secret import PasswordReset
from usecases.mail.enqueue import NewMessage, enqueue, recipient
from usecases.mail.message_kind import MessageKind
from usecases.session.mailed_secret import supersede


async def send_reset(db: AsyncSession, account: Account, now: datetime) -> None:
    """Mail the requested link; the message tells if the account has no password."""
    kind = MessageKind.PASSWORD_MISSING if account.password_hash is None else MessageKind.PASSWORD_RESET
    await _send(db, account, kind, now)


async def send_after_voiding(db: AsyncSession, account: Account, now: datetime) -> None:
    """Mail the owner a link to set a password, because theirs has just been made void."""
    await _send(db, account, MessageKind.PASSWORD_VOIDED, now)


async def _send(db: AsyncSession, account: Account, kind: MessageKind, now: datetime) -> None:
    """Mail a link, valid until the password or the address changes; it supersedes the former one."""
    secret, secret_hash = issue(TokenKind.PASSWORD_RESET)
    await supersede(db, PasswordReset, account.id, now)
    expires_at = now + kind.life
    db.add(
        PasswordReset(
            account_id=account.id,
            email_key=account.email_key,
            password_set_at=account.password_set_at,
            secret_hash=secret_hash,
            created_at=now,
            expires_at=expires_at,
        )
    )
    enqueue(db, NewMessage(kind, recipient(account), {"until": expires_at}, secret), now)
