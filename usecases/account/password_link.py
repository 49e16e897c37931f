"""Links to set a password: as somebody asked for, or as the owner needs after the password became void."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, issue
from models.account import Account
from models.db.clock import now
from models.mailed_secret import PasswordReset
from models.message import MessageKind
from usecases.mail.enqueue import TOKEN, enqueue_message, recipient
from usecases.session.mailed_secret import supersede

LIFETIME = timedelta(hours=1)
# An account without a password is shut until its owner sets one. The link is all that they have, and a stranger who
# asks for another must not shorten it; nothing is at stake meanwhile, because nobody can sign in.
LIFETIME_WITHOUT_PASSWORD = timedelta(days=1)


async def send_reset(db: AsyncSession, account: Account) -> None:
    """Mail the link that somebody asked for; its message says so if the account has no password to keep."""
    kind = MessageKind.PASSWORD_MISSING if account.password_hash is None else MessageKind.PASSWORD_RESET
    await _send(db, account, kind)


async def send_after_voiding(db: AsyncSession, account: Account) -> None:
    """Mail the owner the link that they need, because their password has just been made void."""
    await _send(db, account, MessageKind.PASSWORD_VOIDED)


async def _send(db: AsyncSession, account: Account, kind: MessageKind) -> None:
    """Mail a link, good until the password or the address changes; it ends the former one."""
    secret, secret_hash = issue(TokenKind.PASSWORD_RESET)
    await supersede(db, PasswordReset, account.id)
    expires_at = now() + (LIFETIME if account.password_hash is not None else LIFETIME_WITHOUT_PASSWORD)
    db.add(
        PasswordReset(
            account_id=account.id,
            email_key=account.email_key,
            password_set_at=account.password_set_at,
            secret_hash=secret_hash,
            created_at=now(),
            expires_at=expires_at,
        )
    )
    enqueue_message(db, kind, recipient(account), {"until": expires_at.isoformat()}, {TOKEN: secret})
